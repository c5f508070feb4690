//! The HTTP side of the test issuer.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{CannedResponse, Fault, Seen, State, lock};

/// Serves until the task is dropped.
pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| handle(Arc::clone(&state), request));
        connections.spawn(async move {
            // An error here is a fault that the test has chosen, or a client that has gone.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// An error closes the connection without an answer.
async fn handle(
    state: Arc<State>,
    request: Request<Incoming>,
) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let path = head.uri.path().to_owned();
    let answer = lock(&state.answers)
        .get(&path)
        .cloned()
        .unwrap_or_else(|| CannedResponse::new(404, ""));
    let fault = lock(&state.faults).get(&path).copied();
    lock(&state.seen).push(Seen {
        method: head.method,
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    });
    let answer = match fault {
        Some(fault) => fail(fault, answer).await?,
        None => answer,
    };
    Ok(respond(answer))
}

async fn fail(fault: Fault, answer: CannedResponse) -> io::Result<CannedResponse> {
    Ok(match fault {
        Fault::Down => return Err(io::ErrorKind::ConnectionReset.into()),
        Fault::Garbage => CannedResponse {
            body: "<html>502 Bad Gateway</html>".into(),
            ..answer
        },
        Fault::Huge(spaces) => {
            let body = [vec![b' '; spaces], answer.body.to_vec()].concat().into();
            CannedResponse { body, ..answer }
        }
        Fault::Slow(delay) => {
            tokio::time::sleep(delay).await;
            answer
        }
        Fault::Status(status) => CannedResponse::new(status, ""),
    })
}

fn respond(answer: CannedResponse) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    *response.headers_mut() = answer.headers;
    response
}

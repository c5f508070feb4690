//! The connections: as many as gunicorn serves at once, closed when idle.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::front::{self, Abort};
use crate::routes;
use crate::world::World;

/// Serves until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>) -> Infallible {
    let router = routes::router(Arc::clone(&world));
    let connections = Arc::new(Semaphore::new(world.options.worker_connections));
    loop {
        // Gunicorn's gevent worker accepts no connection while its pool is full.
        let permit = Arc::clone(&connections).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let (world, router) = (Arc::clone(&world), router.clone());
        tokio::spawn(async move {
            world.open_connections.fetch_add(1, Ordering::Relaxed);
            connection(stream, Arc::clone(&world), router).await;
            world.open_connections.fetch_sub(1, Ordering::Relaxed);
            drop(permit);
        });
    }
}

async fn connection(stream: TcpStream, world: Arc<World>, router: Router) {
    // Without it small frames wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let keep_alive = world.options.keep_alive;
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        Box::pin(front::answer(
            Arc::clone(&world),
            router.clone(),
            request.map(Body::new),
        ))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // It runs from the end of the answer before, so it is the limit of idleness, too.
        .header_read_timeout(keep_alive)
        .serve_connection(TokioIo::new(stream), service);
    let served = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let mut stream = connection.into_parts().io.into_inner();
    if let Some(Abort::Garbage(bytes)) = served.as_ref().err().and_then(abort_of) {
        let _ = stream.write_all(bytes).await;
    }
    let _ = stream.shutdown().await;
}

fn abort_of(error: &hyper::Error) -> Option<&Abort> {
    std::error::Error::source(error)?.downcast_ref()
}

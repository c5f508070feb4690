//! The requests: who asks for what, what Dify does to it, and how it ended.

use std::time::Duration;

use fastrand::Rng;
use harness::{Algorithm, CannedResponse, HOOK_ID, TestIssuer};
use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use stand_in_dify::Fault;

use super::expectation::{Expected, Got, Upset};
use crate::{Stage, further_endpoint};

const CHAT: &str = "/chat-messages";
const INTROSPECTED: &str = "carol";
/// What the last event of a chatflow begins with.
const LAST: &[u8] = b"data: {\"event\":\"workflow_finished\"";

/// Where a request goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Endpoint {
    Introspecting,
    /// Its provider's keys are known, so the provider's troubles are none of its own.
    Known,
    /// Its provider is one that nobody has asked yet.
    New,
    WithoutDify,
}

impl Endpoint {
    pub(super) const ALL: [Self; 4] = [
        Self::Introspecting,
        Self::Known,
        Self::New,
        Self::WithoutDify,
    ];

    pub(super) fn id(self) -> String {
        match self {
            Self::Known => HOOK_ID.to_owned(),
            Self::New => further_endpoint(0).id,
            Self::Introspecting => further_endpoint(1).id,
            Self::WithoutDify => further_endpoint(2).id,
        }
    }

    pub(super) fn settings(self) -> Value {
        match self {
            Self::Known | Self::New => json!({}),
            Self::Introspecting => {
                json!({"token_validation": "introspection", "client_secret": "secret"})
            }
            // Nobody listens on the discard port.
            Self::WithoutDify => json!({"dify_api_url": "http://127.0.0.1:9/v1"}),
        }
    }

    const fn needs_its_provider(self) -> bool {
        matches!(self, Self::Introspecting | Self::New)
    }
}

/// What the client does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Blocking,
    Forged,
    /// Goes away after the first piece.
    Leaves,
    Streaming,
    WithoutToken,
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    endpoint: Endpoint,
    way: Way,
    upset: Option<Upset>,
    user: String,
    query: String,
    /// What makes an opaque token another one.
    number: u64,
}

impl Request {
    pub(super) fn random(number: u64, generator: &mut Rng) -> Self {
        let endpoint = match generator.u8(..100) {
            0..50 => Endpoint::Known,
            50..70 => Endpoint::New,
            70..95 => Endpoint::Introspecting,
            _ => Endpoint::WithoutDify,
        };
        let way = match generator.u8(..100) {
            0..45 => Way::Streaming,
            45..85 => Way::Blocking,
            85..90 => Way::Leaves,
            90..95 => Way::Forged,
            _ => Way::WithoutToken,
        };
        let upset = Some(upset(generator)).filter(|_| generator.u8(..100) < 40);
        // A blocking response without end comes to its end only after minutes.
        let upset = upset.filter(|upset| *upset != Upset::NeverEnd || way == Way::Streaming);
        Self {
            upset,
            way,
            user: format!("user-{}", generator.u8(..50)),
            ..Self::plain(endpoint, number)
        }
    }

    /// A chat without trouble.
    pub(super) fn plain(endpoint: Endpoint, number: u64) -> Self {
        Self {
            endpoint,
            way: Way::Blocking,
            upset: None,
            user: "user-0".to_owned(),
            query: format!("chaos-{number}."),
            number,
        }
    }

    /// How it ended, or why it may not have ended like that.
    pub(super) async fn perform(&self, stage: &Stage) -> Result<String, String> {
        if let Some(upset) = self.upset {
            stage.control().set_fault_of_body(&self.query, fault(upset));
        }
        let end = match self.send(stage).await {
            Ok(got) => self.judge(&got).ok_or_else(|| format!("{self:?}: {got:?}")),
            Err(error) => Err(format!("{self:?}: {error:?}")),
        };
        stage.control().clear_fault_of_body(&self.query);
        end
    }

    fn judge(&self, got: &Got) -> Option<String> {
        let is_provider_trouble = got.status == 503 && self.endpoint.needs_its_provider();
        if let Some(code) = got.code().filter(|_| is_provider_trouble)
            && ["identity_provider_unavailable", "identity_provider_invalid"]
                .contains(&code.as_str())
            && self.way != Way::WithoutToken
        {
            return Some(code);
        }
        let user = match self.endpoint {
            Endpoint::Introspecting => INTROSPECTED,
            _ => &self.user,
        };
        got.judge(
            self.expected(),
            &format!("q={}|user={user}|", self.query),
            self.way == Way::Streaming,
        )
        .or_else(|| (self.way == Way::Leaves && got.status == 200).then(|| "left".to_owned()))
    }

    fn expected(&self) -> Expected {
        match (self.way, self.endpoint) {
            (Way::WithoutToken, _) => Expected::Refusal(401, "token_missing"),
            // An opaque token has no signature to forge.
            (Way::Forged, Endpoint::Introspecting) => Expected::of(self.upset),
            (Way::Forged, _) => Expected::Refusal(401, "token_signature_invalid"),
            (_, Endpoint::WithoutDify) => Expected::Refusal(502, "dify_unavailable"),
            _ => Expected::of(self.upset),
        }
    }

    async fn send(&self, stage: &Stage) -> reqwest::Result<Got> {
        let mut response = self.build(stage).send().await?;
        let mut got = Got {
            status: response.status().as_u16(),
            is_whole: false,
            body: Vec::new(),
        };
        loop {
            match response.chunk().await {
                Ok(Some(piece)) => got.body.extend_from_slice(&piece),
                Ok(None) => {
                    got.is_whole = true;
                    return Ok(got);
                }
                Err(error) if error.is_timeout() => return Err(error),
                Err(_) => return Ok(got),
            }
            let is_at_its_end = self.upset == Some(Upset::NeverEnd) && is_finished(&got.body);
            if is_at_its_end || (self.way == Way::Leaves && got.status == 200) {
                got.is_whole = is_at_its_end;
                return Ok(got);
            }
        }
    }

    fn build(&self, stage: &Stage) -> RequestBuilder {
        let response_mode = match self.way {
            Way::Streaming | Way::Leaves => "streaming",
            _ => "blocking",
        };
        let chat = json!({"query": self.query, "response_mode": response_mode, "inputs": {}});
        let request = stage
            .request_at(&self.endpoint.id(), Method::POST, CHAT)
            .json(&chat);
        match self.way {
            Way::WithoutToken => request,
            _ => request.bearer_auth(self.token(stage)),
        }
    }

    fn token(&self, stage: &Stage) -> String {
        if self.endpoint == Endpoint::Introspecting {
            return format!("opaque-{}-{}", self.number, self.user);
        }
        let token = stage.token(&self.user);
        match self.way {
            // The signature of another header and other claims.
            Way::Forged => {
                let (signed, _) = token.rsplit_once('.').unwrap();
                let other = stage
                    .issuer()
                    .token(Algorithm::Es256, &json!({"sub": "nobody"}));
                format!("{signed}.{}", other.rsplit_once('.').unwrap().1)
            }
            _ => token,
        }
    }
}

fn is_finished(body: &[u8]) -> bool {
    let last = body.windows(LAST.len()).position(|window| window == LAST);
    last.is_some() && body.ends_with(b"\n\n")
}

fn upset(generator: &mut Rng) -> Upset {
    match generator.u8(..100) {
        0..15 => Upset::BadGateway,
        15..30 => Upset::CloseBeforeHead,
        30..50 => Upset::CutBody(generator.usize(..6000)),
        50..65 => Upset::Delay(generator.u64(..1500)),
        65..77 => Upset::Garbage,
        77..87 => Upset::HugeHead,
        87..90 => Upset::NeverEnd,
        _ => Upset::TooManyRequests,
    }
}

fn fault(upset: Upset) -> Fault {
    let instead = |status, content_type: &str, body: &str| Fault::Answer {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.as_bytes().to_vec(),
    };
    match upset {
        Upset::BadGateway => instead(502, "text/html", "<html>Bad Gateway</html>"),
        Upset::CloseBeforeHead => Fault::CloseBeforeHead,
        Upset::CutBody(length) => Fault::CutBody(length),
        Upset::Delay(milliseconds) => Fault::Delay(Duration::from_millis(milliseconds)),
        Upset::Garbage => Fault::Garbage(b"\x00garbage\r\n\r\n".to_vec()),
        Upset::HugeHead => Fault::HugeHeaders(200_000),
        Upset::NeverEnd => Fault::NeverEnd,
        Upset::TooManyRequests => {
            instead(429, "application/json", r#"{"code":"too_many_requests"}"#)
        }
    }
}

/// Every token is active and Carol's.
pub(super) fn let_introspection_answer(issuer: &TestIssuer) {
    let mut answer = issuer.claims(INTROSPECTED);
    answer["active"] = json!(true);
    issuer.set_answer("/introspect", CannedResponse::json(&answer));
}

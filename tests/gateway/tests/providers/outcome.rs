//! What a token is worth at the gateway.

use gateway_tests::Stage;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

/// The `user` that Dify saw; or status, code and message of a refusal that Dify saw nothing of.
pub type Outcome = Result<String, (u16, String, String)>;

/// A refusal.
pub fn refused(status: u16, code: &str, message: impl Into<String>) -> Outcome {
    Err((status, code.to_owned(), message.into()))
}

/// A user's token, the settings that it meets, and what comes of it.
pub struct Row<'a> {
    /// What is claimed.
    pub claim: &'a str,
    /// The settings beyond those of the whole table.
    pub settings: Value,
    /// The token.
    pub token: &'a str,
    /// What comes of it.
    pub expected: Outcome,
}

/// A row of a table.
pub const fn row<'a>(
    claim: &'a str,
    settings: Value,
    token: &'a str,
    expected: Outcome,
) -> Row<'a> {
    Row {
        claim,
        settings,
        token,
        expected,
    }
}

/// Tries every row, with `settings` for the whole table.
pub async fn assert_outcomes<'a>(
    stage: &Stage,
    settings: &Value,
    rows: impl IntoIterator<Item = Row<'a>>,
) {
    for row in rows {
        stage.set_settings(&with(settings, &row.settings));
        assert_eq!(
            outcome(stage, row.token).await,
            row.expected,
            "{}",
            row.claim
        );
    }
}

/// Settings with changes.
pub fn with(settings: &Value, changes: &Value) -> Value {
    let mut settings = settings.as_object().cloned().unwrap_or_default();
    settings.extend(changes.as_object().cloned().unwrap_or_default());
    json!(settings)
}

/// Asks for the token's conversations. A refusal for the token's sake has a challenge, every other has none.
pub async fn outcome(stage: &Stage, token: &str) -> Outcome {
    let answer = stage.get(token, "/conversations").await;
    let seen = stage.seen();
    assert!(!answer.text().contains(token), "{answer:?}");
    if answer.status == 200 {
        let queries: Vec<_> = seen.iter().map(|request| request.query.as_str()).collect();
        let [query] = queries[..] else {
            panic!("Dify saw {queries:?}");
        };
        return Ok(query.strip_prefix("user=").unwrap().to_owned());
    }
    assert!(seen.is_empty(), "Dify saw {seen:?} of {answer:?}");
    let refusal = answer.refusal();
    let error = match refusal.0 {
        401 => Some("error=\"invalid_token\""),
        403 if refusal.1 == "insufficient_scope" => Some("error=\"insufficient_scope\""),
        403 => Some("Bearer realm=\"dify\""),
        _ => None,
    };
    let challenge = answer.header(WWW_AUTHENTICATE.as_str());
    match error {
        Some(error) => assert!(challenge.contains(error), "{challenge}"),
        None => assert_eq!(challenge, "", "{refusal:?}"),
    }
    Err(refusal)
}

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

use super::super::Form;

#[test]
fn a_response_has_the_form_that_the_client_takes() {
    let rows = [
        (None, Form::Json, Form::Json),
        (Some("*/*"), Form::Json, Form::Json),
        (Some("application/json"), Form::Json, Form::Json),
        (
            Some("application/json, text/event-stream"),
            Form::Json,
            Form::Events,
        ),
        (Some("Text/Event-Stream"), Form::Events, Form::Events),
        (
            Some("application/json, text/event-stream;q=0"),
            Form::Json,
            Form::Json,
        ),
    ];
    for (accept, short, long) in rows {
        let accept = accept.map(HeaderValue::from_static);
        let fields: HeaderMap = accept.iter().map(|value| (ACCEPT, value.clone())).collect();
        assert_eq!(
            (Form::of_short(&fields), Form::of_long(&fields)),
            (short, long),
            "{accept:?}"
        );
    }
}

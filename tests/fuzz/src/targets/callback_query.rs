//! The query of a callback (RFC 6749 §4.1.2): one response, or nothing at all.

use gateway_domain::issuer::Issuer;
use gateway_domain::limits;
use gateway_domain::oauth::AuthorizationResponse;

use crate::reading::pairs;

const ISSUER: &str = "https://a.example";

pub(crate) fn check(input: &[u8]) {
    let Ok(query) = str::from_utf8(input) else {
        return;
    };
    let Ok(response) = AuthorizationResponse::parse(query) else {
        return;
    };
    assert!(query.len() <= limits::CALLBACK_QUERY);
    let pairs = pairs(query);
    let sent = |name: &str| {
        let mut values = pairs.iter().filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "`{name}` twice");
        value
    };
    assert_eq!(sent("state"), Some(response.state.as_str()));
    assert!(is_visible(&response.state) && response.state.len() <= limits::STATE);
    let (code, error) = (sent("code"), sent("error"));
    match &response.result {
        Ok(given) => {
            assert_eq!((code, error), (Some(given.reveal()), None));
            assert!(
                is_visible(given.reveal()) && given.reveal().len() <= limits::AUTHORIZATION_CODE
            );
        }
        Err(reported) => {
            assert!(code.is_none());
            assert!(error.is_some_and(|error| error.starts_with(reported.code.as_str())));
            assert!(reported.code.as_str().chars().count() <= limits::QUOTED_VALUE);
            // One line of a log stays one.
            assert!(
                reported
                    .code
                    .to_string()
                    .chars()
                    .all(|character| character >= ' ')
            );
        }
    }
    assert_eq!(sent("iss"), response.iss.as_deref());
    let issuer = Issuer::new(ISSUER);
    let is_ours = response.iss.as_deref() == Some(ISSUER);
    assert_eq!(response.check_issuer(&issuer, true).is_ok(), is_ours);
    let is_acceptable = is_ours || response.iss.is_none();
    assert_eq!(response.check_issuer(&issuer, false).is_ok(), is_acceptable);
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

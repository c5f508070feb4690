//! The session cookie: a line with a token of the provider, then the claims of a person as JSON. The whole input is also
//! a `Cookie` field that somebody has made up.

use gateway_domain::claims::Claims;
use gateway_domain::json::parse_object;
use gateway_domain::limits;
use gateway_domain::session::{
    CookieNames, KeptToken, Keys, Login, LoginMark, PageSecret, Person, RequestCookies, Session,
    SessionId, Slot, TokenFate,
};
use gateway_domain::settings::Settings;
use gateway_domain::time::UnixTime;
use gateway_domain::token::{self, AccessToken, Caller};
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::signed_in::{BASES, settings};
use crate::reading::two_lines;

const NOW: UnixTime = UnixTime::from_secs(1_767_225_600);

pub(crate) fn check(input: &[u8]) {
    let settings = settings(BASES[0]);
    let sign_in = settings.sign_in.clone().expect("sign-in is on");
    let keys = Keys::new(&settings, &sign_in, "endpoint");
    let names = CookieNames::new(&sign_in.public_url, "b3xyz81kq0a7mnop");
    if let Ok(field) = HeaderValue::from_bytes(input) {
        let cookies = RequestCookies::of(&HeaderMap::from_iter([(COOKIE, field)]), &names);
        assert!(cookies.sessions().count() <= limits::COOKIES_OF_A_NAME);
        assert!(
            cookies.opened(&keys).is_empty(),
            "nobody can forge a session"
        );
        for slot in Slot::ALL {
            let found = cookies.transactions(&keys, slot, &sign_in.public_url);
            assert!(found.is_empty(), "nobody can forge a transaction");
        }
    }
    let Some((token, claims)) = two_lines(input) else {
        return;
    };
    if let Some(session) = session(token, claims, &settings) {
        comes_back(&session, &keys, &names);
    }
}

fn comes_back(session: &Session, keys: &Keys, names: &CookieNames) {
    let Ok(sealed) = session.clone().seal(keys, names, &[7; 24]) else {
        return;
    };
    let value = sealed.value();
    assert!(names.session().len() + value.len() <= limits::SESSION_COOKIE);
    let opened = Session::open(value, keys).expect("what was sealed opens");
    assert_eq!(opened.person().name, sealed.session().person().name);
    assert_eq!(opened.person().subject, session.person().subject);
    assert_eq!(opened.caller().claims, session.caller().claims);
    assert_eq!(opened.token(), sealed.session().token());
    let is_left_out = matches!(sealed.token_fate(), TokenFate::LeftOut { .. });
    assert!(is_left_out || opened.token() == session.token());
    let again = opened
        .seal(keys, names, &[7; 24])
        .expect("it has fitted before");
    assert_eq!(again.value(), value);
}

fn session(token: &str, claims: &str, settings: &Settings) -> Option<Session> {
    let claims = parse_object(claims.as_bytes(), limits::CLAIMS_DEPTH).ok()?;
    if claims.values().any(has_fraction) {
        return None;
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let login = Login {
        person: Person {
            name: text("name"),
            subject: text("sub").unwrap_or_default(),
            provider_session: text("sid"),
            caller: Caller {
                claims: Claims::new(claims),
                ..alice(settings)
            },
        },
        nonce: None,
        mark: LoginMark::of("0state"),
        auth_time: None,
        id_token_issued: None,
        token: access_token(token).map(KeptToken::Access),
    };
    let (id, secret) = (SessionId::new([1; 16]), PageSecret::new([2; 16]));
    Some(Session::begin(login, id, secret, NOW))
}

/// serde_json may read the last digit of a fraction differently from how it was written, which changes nothing for anyone.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}

fn alice(settings: &Settings) -> Caller {
    let claims =
        json!({"iss": "https://a.example", "aud": "c", "sub": "alice", "exp": 1_767_229_200});
    let claims = Claims::new(claims.as_object().expect("an object").clone());
    let issuer = settings.sign_in.as_ref().expect("on").issuer.clone();
    let accepted = token::accept(claims, issuer, settings, None, NOW).expect("a good token");
    token::judge(accepted, settings).expect("a person")
}

fn access_token(text: &str) -> Option<AccessToken> {
    let field = HeaderValue::from_str(&format!("Bearer {text}")).ok()?;
    AccessToken::from_headers(&HeaderMap::from_iter([(AUTHORIZATION, field)])).ok()
}

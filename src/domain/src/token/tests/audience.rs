//! Whom the token is meant for.

use serde_json::json;

use super::{CLIENT, ISSUER, Issuer, NOW, accept, assert_refused, assert_taken, claims, settings};
use crate::error::Code;

#[test]
fn the_client_id_must_stand_in_aud_which_is_a_text_or_a_list() {
    let two = json!({"client_id": "chat, mobile"});
    assert_taken(&[
        (json!({"aud": "chat"}), json!({})),
        (json!({"aud": ["chat"]}), json!({})),
        (json!({"aud": ["account", "chat"]}), json!({})),
        (json!({"aud": "mobile"}), two),
        // Cognito's access tokens have no `aud`.
        (json!({"aud": "absent", "client_id": "chat"}), json!({})),
    ]);
    let message = |found: &str| format!("{found}; this endpoint accepts tokens for chat.");
    for (claims, found) in [
        (
            json!({"aud": "account"}),
            r#"The token's `aud` is "account""#,
        ),
        (
            json!({"aud": ["account", "other"]}),
            r#"The token's `aud` is ["account","other"]"#,
        ),
        (
            json!({"aud": "chatter"}),
            r#"The token's `aud` is "chatter""#,
        ),
        (json!({"aud": "CHAT"}), r#"The token's `aud` is "CHAT""#),
        // Another client's token is not rescued by who asked for it.
        (
            json!({"aud": "account", "azp": "chat", "client_id": "chat"}),
            r#"The token's `aud` is "account""#,
        ),
        (
            json!({"aud": "absent"}),
            "The token has neither `aud` nor `client_id`",
        ),
        (
            json!({"aud": "absent", "azp": "chat"}),
            "The token has neither `aud` nor `client_id`, only the `azp` \"chat\"",
        ),
        (
            json!({"aud": "absent", "client_id": "other"}),
            r#"The token has no `aud`, and its `client_id` is "other""#,
        ),
    ] {
        assert_refused(&[(
            claims,
            json!({}),
            Code::TokenAudienceRefused,
            &message(found),
        )]);
    }
}

/// Hydra and others write `[]` where nobody asked for an audience.
#[test]
fn an_audience_that_names_nobody_is_as_if_there_were_none() {
    for empty in [
        json!([]),
        json!(null),
        json!(""),
        json!([""]),
        json!(["", ""]),
    ] {
        assert_taken(&[
            (json!({"aud": empty, "client_id": "chat"}), json!({})),
            (
                json!({"aud": empty, "iss": "absent"}),
                json!({"token_validation": "userinfo"}),
            ),
        ]);
        let neither =
            "The token has neither `aud` nor `client_id`; this endpoint accepts tokens for chat.";
        let other = "The token has no `aud`, and its `client_id` is \"other\"; this endpoint accepts tokens for chat.";
        let api = "The token has no `aud`, and its `client_id` is \"chat\"; this endpoint accepts tokens for api.";
        let refused = Code::TokenAudienceRefused;
        assert_refused(&[
            (json!({"aud": empty}), json!({}), refused, neither),
            (
                json!({"aud": empty, "client_id": "other"}),
                json!({}),
                refused,
                other,
            ),
            (
                json!({"aud": empty, "client_id": "chat"}),
                json!({"audience": "api"}),
                refused,
                api,
            ),
        ]);
    }
    // Beside a name, an empty string is nobody's.
    assert_taken(&[(json!({"aud": ["", "chat"]}), json!({}))]);
    assert_refused(&[(
        json!({"aud": ["", "other"], "client_id": "chat"}),
        json!({}),
        Code::TokenAudienceRefused,
        "The token's `aud` is [\"\",\"other\"]; this endpoint accepts tokens for chat.",
    )]);
}

#[test]
fn with_the_setting_audience_both_audience_and_client_must_fit() {
    let settings = json!({"audience": "api://chat https://api.example/"});
    let of = |client: &str| json!({"aud": ["x", "api://chat"], client: "chat"});
    assert_taken(&[
        (of("azp"), settings.clone()),
        (of("client_id"), settings.clone()),
        (of("cid"), settings.clone()),
        (of("appid"), settings.clone()),
        (
            json!({"aud": "https://api.example/", "azp": "chat"}),
            settings.clone(),
        ),
    ]);
    let expected = "this endpoint accepts tokens for api://chat, https://api.example/.";
    let issued = |client: &str, name: &str| {
        format!(
            "The token was issued to the client \"{client}\" (`{name}`); it must be one of chat. Write the client \
             into `client_id` if its people may use this endpoint."
        )
    };
    let nobody = "The token names no client (`azp`, `client_id`, `cid` or `appid`); with the setting `audience` it \
        must be one of chat.";
    let rows = [
        (
            json!({"aud": "chat", "azp": "chat"}),
            Code::TokenAudienceRefused,
            format!("The token's `aud` is \"chat\"; {expected}"),
        ),
        (
            json!({"aud": "absent", "client_id": "chat"}),
            Code::TokenAudienceRefused,
            format!("The token has no `aud`, and its `client_id` is \"chat\"; {expected}"),
        ),
        (
            json!({"aud": "https://api.example", "azp": "chat"}),
            Code::TokenAudienceRefused,
            format!("The token's `aud` is \"https://api.example\"; {expected}"),
        ),
        (
            json!({"aud": "api://chat"}),
            Code::TokenClientRefused,
            nobody.to_owned(),
        ),
        (
            json!({"aud": "api://chat", "azp": "other"}),
            Code::TokenClientRefused,
            issued("other", "azp"),
        ),
        (
            json!({"aud": "api://chat", "azp": "chat", "client_id": "other"}),
            Code::TokenClientRefused,
            issued("other", "client_id"),
        ),
        (
            json!({"aud": "api://chat", "azp": "other", "appid": "chat"}),
            Code::TokenClientRefused,
            issued("other", "azp"),
        ),
    ];
    for (claims, code, message) in rows {
        assert_refused(&[(claims, settings.clone(), code, &message)]);
    }
}

#[test]
fn a_client_bound_to_one_issuer_is_not_a_client_of_another() {
    let two = json!({
        "issuer": "https://id.example https://other.example",
        "client_id": "https://other.example#chat https://id.example#mobile",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    });
    assert_taken(&[(json!({"aud": "mobile"}), two.clone())]);
    assert_refused(&[(
        json!({"aud": "chat"}),
        two,
        Code::TokenAudienceRefused,
        "The token's `aud` is \"chat\"; this endpoint accepts tokens for mobile.",
    )]);
    let none = json!({
        "issuer": "https://id.example https://other.example",
        "client_id": "https://other.example#chat",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    });
    assert_refused(&[(
        json!({"aud": "chat"}),
        none,
        Code::TokenAudienceRefused,
        "The token's `aud` is \"chat\"; this endpoint accepts tokens for no client of this issuer.",
    )]);
}

#[test]
fn only_a_userinfo_answer_may_name_no_audience() {
    let response = json!({"aud": "absent", "iss": "absent", "exp": "absent", "iat": "absent"});
    assert_taken(&[(response.clone(), json!({"token_validation": "userinfo"}))]);
    for validation in ["auto", "jwt"] {
        let message =
            "The token has neither `aud` nor `client_id`; this endpoint accepts tokens for chat.";
        let settings = json!({"token_validation": validation});
        assert_refused(&[(
            response.clone(),
            settings,
            Code::TokenAudienceRefused,
            message,
        )]);
    }
    assert_refused(&[(
        json!({"aud": "other"}),
        json!({"token_validation": "userinfo"}),
        Code::TokenAudienceRefused,
        "The token's `aud` is \"other\"; this endpoint accepts tokens for chat.",
    )]);
}

#[test]
fn an_id_with_spaces_that_was_taken_for_several_is_named_with_its_remedy() {
    let remedy = |setting: &str, name: &str| {
        format!(
            " A space or a comma separates two values in `{setting}`: an administrator must write {name} there, in \
             double quotes."
        )
    };
    for (claims, settings, code, message) in [
        (
            json!({"aud": "Chat App"}),
            json!({"client_id": "Chat App"}),
            Code::TokenAudienceRefused,
            format!(
                r#"The token's `aud` is "Chat App"; this endpoint accepts tokens for Chat, App.{}"#,
                remedy("client_id", r#""Chat App""#)
            ),
        ),
        (
            json!({"aud": ["account", "My API, v1"], "azp": "chat"}),
            json!({"client_id": "chat", "audience": "My API, v1"}),
            Code::TokenAudienceRefused,
            format!(
                r#"The token's `aud` is ["account","My API, v1"]; this endpoint accepts tokens for My, API, v1.{}"#,
                remedy("audience", r#""My API, v1""#)
            ),
        ),
        (
            json!({"aud": "api", "azp": "Chat App"}),
            json!({"client_id": "Chat App", "audience": "api"}),
            Code::TokenClientRefused,
            format!(
                r#"The token was issued to the client "Chat App" (`azp`); it must be one of Chat, App.{}"#,
                remedy("client_id", r#""Chat App""#)
            ),
        ),
    ] {
        assert_refused(&[(claims, settings, code, &message)]);
    }
    assert_taken(&[
        (
            json!({"aud": "Chat App"}),
            json!({"client_id": "\"Chat App\""}),
        ),
        (
            json!({"aud": "My API, v1", "azp": "chat"}),
            json!({"client_id": "chat", "audience": "\"My API, v1\""}),
        ),
    ]);
}

#[test]
fn a_token_for_the_resource_that_is_asked_for_is_taken_whoever_its_client_is() {
    const RESOURCE: &str = "https://dify.example/e/x/mcp";
    let of_client = json!({});
    let of_audience = json!({"audience": "https://api.example"});
    let rows = [
        (
            json!({"aud": RESOURCE, "client_id": "unknown"}),
            &of_client,
            true,
        ),
        (
            json!({"aud": ["x", RESOURCE], "azp": "unknown"}),
            &of_audience,
            true,
        ),
        (json!({"aud": CLIENT}), &of_client, true),
        (json!({"aud": format!("{RESOURCE}/")}), &of_client, false),
        (
            json!({"aud": "https://dify.example/e/x"}),
            &of_client,
            false,
        ),
        (
            json!({"aud": "absent", "client_id": RESOURCE}),
            &of_client,
            false,
        ),
        (json!({"aud": RESOURCE, "exp": 1}), &of_client, false),
    ];
    for (changes, settings_changes, is_taken) in rows {
        let settings = settings(settings_changes);
        let judged = |resource| {
            accept(
                claims(&changes),
                Issuer::new(ISSUER),
                &settings,
                resource,
                NOW,
            )
            .is_ok()
        };
        assert_eq!(judged(Some(RESOURCE)), is_taken, "{changes}");
        let is_of_client = changes["aud"] == CLIENT;
        assert_eq!(judged(None), is_of_client && is_taken, "{changes}");
    }
}

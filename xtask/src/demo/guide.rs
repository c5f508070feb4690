//! What the demo prints for the person who started it.

use std::fmt;

/// Where the page and the endpoint are, who can sign in, and who has signed in with which token.
pub struct Guide {
    pub page: String,
    /// The pages of further apps, with their names.
    pub pages: Vec<(String, String)>,
    pub endpoint: String,
    pub people: Option<(Vec<String>, String)>,
    pub signed_in: Option<(String, String)>,
}

impl fmt::Display for Guide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "\nPage:     {}/", self.page)?;
        match &self.people {
            Some((users, password)) => writeln!(
                formatter,
                "          Open it and sign in as {}; the password is {password}.",
                users.join(", ")
            )?,
            None => self.write_registration(formatter)?,
        }
        for (app, page) in &self.pages {
            writeln!(formatter, "          {app}: {page}/")?;
        }
        if !self.pages.is_empty() {
            writeln!(
                formatter,
                "          Send \"Show everything\" to one with a model."
            )?;
        }
        writeln!(formatter, "\nEndpoint: {}", self.endpoint)?;
        match &self.signed_in {
            Some((user, token)) => writeln!(formatter, "User:     {user}\nToken:    {token}")?,
            None => writeln!(
                formatter,
                "Token:    put a token of your provider into the variable TOKEN"
            )?,
        }
        for mode in ["blocking", "streaming"] {
            writeln!(formatter, "\nA {mode} chat:\n{}", self.curl(mode))?;
        }
        writeln!(formatter, "\nEverything is up. Ctrl-C stops it.")
    }
}

impl Guide {
    fn write_registration(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { page, .. } = self;
        writeln!(
            formatter,
            "          Register this client at the provider, then open the page and sign in:"
        )?;
        for (what, path) in [
            ("redirect URI", "callback"),
            ("redirect URI after a sign-out", "logged-out"),
        ] {
            writeln!(formatter, "          {what}: {page}/auth/{path}")?;
        }
        Ok(())
    }

    fn curl(&self, mode: &str) -> String {
        let token = self.signed_in.as_ref().map_or("$TOKEN", |(_, token)| token);
        let body = format!(r#"{{"inputs":{{}},"query":"Hello","response_mode":"{mode}"}}"#);
        let Self { endpoint, .. } = self;
        format!(
            "curl --no-buffer {endpoint}/chat-messages -H \"Authorization: Bearer {token}\" -H 'Content-Type: application/json' -d '{body}'"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_in_users_lines_are_ready_to_run() {
        let signed_in = Some(("alice".to_owned(), "a.b.c".to_owned()));
        let guide = Guide {
            page: "http://localhost:1/e/x".to_owned(),
            pages: vec![("chat".to_owned(), "http://localhost:1/e/y".to_owned())],
            endpoint: "http://127.0.0.1:1/e/x".to_owned(),
            people: Some((
                vec!["alice".to_owned(), "bob".to_owned()],
                "sesame".to_owned(),
            )),
            signed_in,
        };
        let expected = r#"
Page:     http://localhost:1/e/x/
          Open it and sign in as alice, bob; the password is sesame.
          chat: http://localhost:1/e/y/
          Send "Show everything" to one with a model.

Endpoint: http://127.0.0.1:1/e/x
User:     alice
Token:    a.b.c

A blocking chat:
curl --no-buffer http://127.0.0.1:1/e/x/chat-messages -H "Authorization: Bearer a.b.c" -H 'Content-Type: application/json' -d '{"inputs":{},"query":"Hello","response_mode":"blocking"}'

A streaming chat:
curl --no-buffer http://127.0.0.1:1/e/x/chat-messages -H "Authorization: Bearer a.b.c" -H 'Content-Type: application/json' -d '{"inputs":{},"query":"Hello","response_mode":"streaming"}'

Everything is up. Ctrl-C stops it.
"#;
        assert_eq!(guide.to_string(), expected);
    }

    #[test]
    fn with_a_real_provider_the_token_comes_from_a_variable() {
        let guide = Guide {
            page: "http://localhost:1/e/x".to_owned(),
            pages: Vec::new(),
            endpoint: "http://127.0.0.1:1/e/x".to_owned(),
            people: None,
            signed_in: None,
        }
        .to_string();
        assert!(
            guide.contains("Token:    put a token of your provider into the variable TOKEN\n"),
            "{guide}"
        );
        assert!(
            guide.contains("redirect URI: http://localhost:1/e/x/auth/callback\n"),
            "{guide}"
        );
        assert!(
            guide.contains(r#"-H "Authorization: Bearer $TOKEN""#),
            "{guide}"
        );
    }
}

//! What the demo prints for the person who started it.

use std::fmt::{self, Formatter};

/// Where the page and the endpoint are, who can sign in, and who has signed in with which token.
pub struct Guide {
    pub page: String,
    /// The pages of further apps, with their names.
    pub pages: Vec<(String, String)>,
    pub endpoint: String,
    /// A page on another origin.
    pub frontend: String,
    pub app_key: String,
    /// How the app is run.
    pub run: Run,
    pub people: Option<(Vec<String>, String)>,
    pub signed_in: Option<SignedIn>,
    /// Whether the stand-in answers.
    pub is_stand_in: bool,
    /// The name of the tool that the app is for AI clients, if it is one.
    pub tool: Option<String>,
}

/// The official command line for MCP servers. npx fetches it.
const INSPECTOR: &str = "npx --yes @modelcontextprotocol/inspector@2.12.0 --cli";

/// The operation that runs an app.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Run {
    Chat,
    Completion,
    Workflow,
}

/// Whose token it is.
pub struct SignedIn {
    pub user: String,
    pub token: String,
    /// From now.
    pub minutes: u64,
}

impl Run {
    /// By Dify's mode of the app, or the stand-in's name of it.
    pub fn of(app: &str) -> Self {
        match app {
            _ if app.contains("workflow") => Self::Workflow,
            _ if app.contains("completion") => Self::Completion,
            _ => Self::Chat,
        }
    }

    /// Its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/chat-messages",
            Self::Completion => "/completion-messages",
            Self::Workflow => "/workflows/run",
        }
    }

    fn body(self, mode: &str) -> String {
        let asked = match self {
            Self::Chat => r#""inputs":{},"query":"Hello""#,
            Self::Completion => r#""inputs":{"query":"Hello"}"#,
            Self::Workflow => r#""inputs":{"q":"Hello"}"#,
        };
        format!(r#"{{{asked},"response_mode":"{mode}"}}"#)
    }
}

impl fmt::Display for Guide {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.write_pages(formatter)?;
        self.write_variables(formatter)?;
        self.write_calls(formatter)?;
        writeln!(formatter, "\nEverything is up. Ctrl-C stops it.")
    }
}

impl Guide {
    fn write_pages(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { page, frontend, .. } = self;
        writeln!(formatter, "\nThe chat page: {page}/")?;
        match &self.people {
            Some((users, password)) => writeln!(
                formatter,
                "  Sign in as {}; the password is {password}.",
                users.join(", ")
            )?,
            None => writeln!(
                formatter,
                "  Register this client at the provider first:\n  \
                   redirect URI: {page}/auth/callback\n  \
                   redirect URI after a sign-out: {page}/auth/logged-out"
            )?,
        }
        for (app, page) in &self.pages {
            writeln!(formatter, "  {app}: {page}/")?;
        }
        if !self.pages.is_empty() {
            writeln!(formatter, "  Send \"Show everything\" to one with a model.")?;
        }
        writeln!(
            formatter,
            "\nA page on another origin, which calls the endpoint from the browser: {frontend}/"
        )
    }

    fn write_variables(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            endpoint, app_key, ..
        } = self;
        let mut missing = Vec::new();
        write!(formatter, "\nFor a shell:\n\nexport URL={endpoint}")?;
        match &self.signed_in {
            Some(SignedIn { token, .. }) => write!(formatter, " TOKEN={token}")?,
            None => missing.push("a token of your provider into TOKEN"),
        }
        if self.is_stand_in {
            write!(formatter, "\nexport APP_KEY={app_key}")?;
        } else {
            missing.push("the app's key into APP_KEY");
        }
        writeln!(formatter, "\n")?;
        if let Some(SignedIn { user, minutes, .. }) = &self.signed_in {
            writeln!(
                formatter,
                "The token is {user}'s and lives for {minutes} minutes."
            )?;
        }
        if !missing.is_empty() {
            writeln!(formatter, "Put {}.", missing.join(", and "))?;
        }
        Ok(())
    }

    fn write_calls(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let json = "-H 'Content-Type: application/json'";
        let token = r#"-H "Authorization: Bearer $TOKEN""#;
        for mode in ["blocking", "streaming"] {
            writeln!(
                formatter,
                "\nA {mode} run:\ncurl --no-buffer $URL{} {token} {json} -d '{}'",
                self.run.path(),
                self.run.body(mode)
            )?;
        }
        if self.is_stand_in {
            writeln!(
                formatter,
                "\nThe stand-in for Dify answers with what it was given: q is the question, user the person of the token,\n\
                 email a claim that the app gets as an input, level one that this token lacks, inq an input of yours."
            )?;
        }
        self.write_mcp(formatter)?;
        writeln!(
            formatter,
            "\nWho the gateway takes you for, and what you may do:\ncurl $URL/whoami {token}"
        )?;
        writeln!(
            formatter,
            "\nWhat works and what does not, for the holder of the app key:\n\
             curl $URL/health -H \"Authorization: Bearer $APP_KEY\""
        )
    }
}

impl Guide {
    /// Clients that sign people in by themselves need only the address.
    fn write_mcp(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { page, tool, .. } = self;
        let server = r#"--server-url $URL/mcp --header "Authorization: Bearer $TOKEN""#;
        writeln!(
            formatter,
            "\nThe app as a tool for AI clients (MCP), which sign people in by themselves: {page}/mcp\n\
             {INSPECTOR} {server} --method tools/list"
        )?;
        if let (Some(tool), Run::Chat) = (tool, self.run) {
            writeln!(
                formatter,
                "{INSPECTOR} {server} --method tools/call --tool-name {tool} --tool-arg query=Hello"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guide() -> Guide {
        Guide {
            page: "http://localhost:1/e/x".to_owned(),
            pages: vec![("chat".to_owned(), "http://localhost:1/e/y".to_owned())],
            endpoint: "http://127.0.0.1:1/e/x".to_owned(),
            frontend: "http://127.0.0.1:2".to_owned(),
            app_key: "app-1".to_owned(),
            run: Run::Chat,
            people: Some((
                vec!["alice".to_owned(), "bob".to_owned()],
                "sesame".to_owned(),
            )),
            signed_in: Some(SignedIn {
                user: "alice".to_owned(),
                token: "a.b.c".to_owned(),
                minutes: 60,
            }),
            is_stand_in: true,
            tool: Some("oidc_chat".to_owned()),
        }
    }

    #[test]
    fn a_signed_in_users_lines_are_short_and_ready_to_run() {
        let expected = r#"
The chat page: http://localhost:1/e/x/
  Sign in as alice, bob; the password is sesame.
  chat: http://localhost:1/e/y/
  Send "Show everything" to one with a model.

A page on another origin, which calls the endpoint from the browser: http://127.0.0.1:2/

For a shell:

export URL=http://127.0.0.1:1/e/x TOKEN=a.b.c
export APP_KEY=app-1

The token is alice's and lives for 60 minutes.

A blocking run:
curl --no-buffer $URL/chat-messages -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"inputs":{},"query":"Hello","response_mode":"blocking"}'

A streaming run:
curl --no-buffer $URL/chat-messages -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"inputs":{},"query":"Hello","response_mode":"streaming"}'

The stand-in for Dify answers with what it was given: q is the question, user the person of the token,
email a claim that the app gets as an input, level one that this token lacks, inq an input of yours.

The app as a tool for AI clients (MCP), which sign people in by themselves: http://localhost:1/e/x/mcp
npx --yes @modelcontextprotocol/inspector@2.12.0 --cli --server-url $URL/mcp --header "Authorization: Bearer $TOKEN" --method tools/list
npx --yes @modelcontextprotocol/inspector@2.12.0 --cli --server-url $URL/mcp --header "Authorization: Bearer $TOKEN" --method tools/call --tool-name oidc_chat --tool-arg query=Hello

Who the gateway takes you for, and what you may do:
curl $URL/whoami -H "Authorization: Bearer $TOKEN"

What works and what does not, for the holder of the app key:
curl $URL/health -H "Authorization: Bearer $APP_KEY"

Everything is up. Ctrl-C stops it.
"#;
        assert_eq!(guide().to_string(), expected);
    }

    #[test]
    fn with_a_real_provider_the_token_comes_from_a_variable_and_no_real_key_is_shown() {
        let guide = Guide {
            pages: Vec::new(),
            people: None,
            signed_in: None,
            is_stand_in: false,
            ..guide()
        }
        .to_string();
        for part in [
            "Put a token of your provider into TOKEN, and the app's key into APP_KEY.\n",
            "redirect URI: http://localhost:1/e/x/auth/callback\n",
            "export URL=http://127.0.0.1:1/e/x\n\n",
        ] {
            assert!(guide.contains(part), "{guide}");
        }
        assert!(!guide.contains("app-1"), "{guide}");
    }

    #[test]
    fn an_app_is_run_as_its_mode_wants_it() {
        for (app, run) in [
            ("chatflow", Run::Chat),
            ("advanced-chat", Run::Chat),
            ("agent_chat", Run::Chat),
            ("completion", Run::Completion),
            ("slow_workflow", Run::Workflow),
        ] {
            assert_eq!(Run::of(app), run, "{app}");
        }
    }
}

//! The graphs of the apps that have one: which nodes run, what they say and what they return.

use crate::kind::{AppKind, Mode};

/// A piece of the answer of a graph.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    Text(&'static str),
    /// Node and variable, such as `["start", "q"]`.
    Variable([&'static str; 2]),
}

/// The node between the first and the last one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Middle {
    /// Writes the query into the conversation variable `last`.
    Assign,
    /// Calls a slow server, as long as the input `secs` says.
    Http,
    /// Waits for a form.
    Human,
    Nothing,
}

/// The graph of one app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    pub(crate) middle: Middle,
    pub(crate) pieces: &'static [Piece],
    /// Names and sources of a workflow's outputs.
    pub(crate) outputs: &'static [(&'static str, [&'static str; 2])],
    /// Identity and type of the last node.
    pub(crate) last: &'static str,
}

const Q: [&str; 2] = ["start", "q"];
const EMAIL: [&str; 2] = ["start", "__oidc_email"];
const LEVEL: [&str; 2] = ["start", "__oidc_level"];
const USER: [&str; 2] = ["sys", "user_id"];
const QUERY: [&str; 2] = ["sys", "query"];
const BODY: [&str; 2] = ["http", "body"];
const COMMENT: [&str; 2] = ["human", "comment"];

macro_rules! lines {
    ($first:ident $(, $rest:ident)*) => { &[Piece::Variable($first) $(, Piece::Text("\n"), Piece::Variable($rest))*] };
}

macro_rules! sentence {
    ($($text:literal $variable:ident),*) => { &[$(Piece::Text($text), Piece::Variable($variable)),*] };
}

impl Program {
    pub(crate) fn of(app: AppKind) -> Self {
        let middle = match app {
            AppKind::HitlChatflow | AppKind::HitlWorkflow => Middle::Human,
            AppKind::SlowChatflow | AppKind::SlowWorkflow => Middle::Http,
            AppKind::AudioChatflow | AppKind::Chatflow => Middle::Assign,
            _ => Middle::Nothing,
        };
        match app.mode() {
            Mode::Workflow => Self {
                middle,
                pieces: lines_of(middle),
                outputs: outputs_of(middle),
                last: "end",
            },
            _ => Self {
                middle,
                pieces: sentence_of(middle),
                outputs: &[],
                last: "answer",
            },
        }
    }

    /// How many pieces are known before the middle node has run. A graph that waits for a person
    /// says nothing before.
    pub(crate) fn early_pieces(&self) -> usize {
        let late = |piece: &Piece| matches!(piece, Piece::Variable(["http", _]));
        match self.middle {
            Middle::Human => 0,
            _ => self
                .pieces
                .iter()
                .position(late)
                .unwrap_or(self.pieces.len()),
        }
    }
}

fn lines_of(middle: Middle) -> &'static [Piece] {
    match middle {
        Middle::Http => lines![Q, EMAIL, LEVEL, USER, BODY],
        Middle::Human => lines![Q, EMAIL, LEVEL, USER, COMMENT],
        _ => lines![Q, EMAIL, LEVEL, USER],
    }
}

fn outputs_of(middle: Middle) -> &'static [(&'static str, [&'static str; 2])] {
    match middle {
        Middle::Http => &[
            ("q", Q),
            ("email", EMAIL),
            ("level", LEVEL),
            ("user_id", USER),
            ("body", BODY),
        ],
        Middle::Human => &[
            ("q", Q),
            ("email", EMAIL),
            ("level", LEVEL),
            ("user_id", USER),
            ("comment", COMMENT),
        ],
        _ => &[
            ("q", Q),
            ("email", EMAIL),
            ("level", LEVEL),
            ("user_id", USER),
        ],
    }
}

fn sentence_of(middle: Middle) -> &'static [Piece] {
    match middle {
        Middle::Http => {
            sentence!["body=" BODY, "|q=" QUERY, "|user=" USER, "|email=" EMAIL, "|level=" LEVEL, "|inq=" Q]
        }
        Middle::Human => {
            sentence!["comment=" COMMENT, "|q=" QUERY, "|user=" USER, "|email=" EMAIL, "|level=" LEVEL, "|inq=" Q]
        }
        _ => sentence!["q=" QUERY, "|user=" USER, "|email=" EMAIL, "|level=" LEVEL, "|inq=" Q],
    }
}

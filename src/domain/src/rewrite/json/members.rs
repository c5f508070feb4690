//! The members of the body and of its `inputs`: where they are, and which of them Dify gets.
//!
//! Of several members with one name Dify takes the last. `user`, `inputs` and `response_mode` are left at most once, so
//! that no other reading of the body changes who the user is, which claims Dify gets, or how long the gateway waits.
//! Other members stay as they were sent.

use super::text::{Member, Text};
use super::{Edit, Rewritten};
use crate::error::{Code, Refusal};
use crate::json::scanner::{Event, Problem, Reader, Value};
use crate::limits;
use crate::rewrite::inputs::{RawJson, WITHHELD_PREFIX};

/// A JSON object, as far as an edit must know it.
#[derive(Debug, Default)]
pub(super) struct Members {
    body: List,
    current: Name,
    response_mode: Option<usize>,
    streaming: bool,
    inputs: Option<Inputs>,
}

/// What the gateway knows a member by.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Name {
    Inputs,
    ResponseMode,
    User,
    #[default]
    Other,
}

/// The member `inputs`.
#[derive(Debug)]
struct Inputs {
    index: usize,
    kind: Kind,
    members: List,
}

/// What `inputs` is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Null,
    Object,
    Other,
}

/// The members of one object, in their order.
#[derive(Debug, Default)]
struct List(Vec<Member>);

impl Reader for Members {
    fn event(&mut self, level: usize, event: Event<'_>) -> Result<(), Problem> {
        match (level, event) {
            (1, Event::Name { at, text }) => self.begin(at, text),
            (1, Event::ValueEnd { at, value }) => {
                self.end(at, value);
                Ok(())
            }
            (_, event) if self.current == Name::Inputs => self.within_inputs(event),
            _ => Ok(()),
        }
    }
}

impl Members {
    fn begin(&mut self, at: usize, name: &[u8]) -> Result<(), Problem> {
        self.current = Name::of(name);
        let index = self.body.begin(at, self.current != Name::User)?;
        let earlier = match self.current {
            Name::Inputs => {
                let earlier = self.inputs.replace(Inputs::at(index));
                earlier.map(|earlier| earlier.index)
            }
            Name::ResponseMode => self.response_mode.replace(index),
            Name::User | Name::Other => None,
        };
        if let Some(earlier) = earlier {
            self.body.remove(earlier);
        }
        Ok(())
    }

    fn end(&mut self, at: usize, value: Value<'_>) {
        self.body.end(at);
        match (self.current, &mut self.inputs) {
            (Name::Inputs, Some(inputs)) => inputs.kind = Kind::of(value),
            (Name::ResponseMode, _) => self.streaming = value == Value::Text(b"streaming"),
            _ => {}
        }
    }

    fn within_inputs(&mut self, event: Event<'_>) -> Result<(), Problem> {
        let Some(inputs) = &mut self.inputs else {
            return Ok(());
        };
        match event {
            Event::Name { at, text } => {
                let is_kept = !text.starts_with(WITHHELD_PREFIX.as_bytes());
                inputs.members.begin(at, is_kept).map(drop)
            }
            // An element of an array has no name, and there is no member to end.
            Event::ValueEnd { at, .. } => {
                inputs.members.end(at);
                Ok(())
            }
        }
    }

    /// What Dify gets.
    pub(super) fn edited(mut self, edit: &Edit<'_>) -> Result<Rewritten, Refusal> {
        let mut text = Text::default();
        text.open();
        match self.object_of_inputs(edit)? {
            Some(inputs) => {
                let (before, from) = self.body.split_at(inputs.index);
                text.kept(before);
                write_inputs(&mut text, &inputs.members.0, edit);
                text.kept(from.get(1..).unwrap_or_default());
            }
            None => {
                text.kept(&self.body.0);
                if edit.inputs.is_some() {
                    write_inputs(&mut text, &[], edit);
                }
            }
        }
        if let Some(user) = edit.user {
            text.name("user");
            text.value(&RawJson::text(user));
        }
        text.close();
        Ok(Rewritten {
            pieces: text.into_pieces(),
            streaming: self.streaming,
        })
    }

    /// `inputs`, where it is an object. Where claims are to be written, `null` is as good as none, and anything else
    /// is a mistake of the client's.
    fn object_of_inputs(&mut self, edit: &Edit<'_>) -> Result<Option<Inputs>, Refusal> {
        let inputs = self.inputs.take();
        match inputs.as_ref().map(|inputs| (inputs.kind, inputs.index)) {
            Some((Kind::Object, _)) => Ok(inputs),
            Some((Kind::Null, index)) if edit.inputs.is_some() => {
                self.body.remove(index);
                Ok(None)
            }
            Some((Kind::Other, _)) if edit.inputs.is_some() => Err(Refusal::new(
                Code::InvalidParam,
                "`inputs` is not a JSON object. Send an object, such as `{}`.",
            )),
            _ => Ok(None),
        }
    }
}

/// The members that the client sent and the claims: no name of theirs is the same, because only claims have the prefix.
fn write_inputs(text: &mut Text, members: &[Member], edit: &Edit<'_>) {
    text.name("inputs");
    text.open();
    text.kept(members);
    for (name, value) in edit.inputs.unwrap_or_default() {
        text.name(name);
        text.value(value);
    }
    text.close();
}

impl Name {
    fn of(name: &[u8]) -> Self {
        match name {
            b"inputs" => Self::Inputs,
            b"response_mode" => Self::ResponseMode,
            b"user" => Self::User,
            _ => Self::Other,
        }
    }
}

impl Inputs {
    fn at(index: usize) -> Self {
        Self {
            index,
            kind: Kind::Other,
            members: List::default(),
        }
    }
}

impl Kind {
    const fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Object => Self::Object,
            Value::Text(_) | Value::Other => Self::Other,
        }
    }
}

impl List {
    /// A member begins. Its index.
    fn begin(&mut self, start: usize, is_kept: bool) -> Result<usize, Problem> {
        let index = self.0.len();
        if index == limits::JSON_MEMBERS {
            return Err(Problem::TooManyMembers);
        }
        self.0.push(if is_kept {
            Member::Kept { start, end: start }
        } else {
            Member::Removed
        });
        Ok(index)
    }

    /// The last member ends.
    fn end(&mut self, at: usize) {
        if let Some(Member::Kept { end, .. }) = self.0.last_mut() {
            *end = at;
        }
    }

    fn remove(&mut self, index: usize) {
        if let Some(member) = self.0.get_mut(index) {
            *member = Member::Removed;
        }
    }

    fn split_at(&self, index: usize) -> (&[Member], &[Member]) {
        self.0.split_at_checked(index).unwrap_or_default()
    }
}

//! One call under way: Dify's stream comes in, and progress, signs of life and the result go out.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::attachment::{Citation, File};
use super::bounded_text::BoundedText;
use super::dify_event::{self, DifyEvent, Finished, MessageEnd};
use super::event_stream::EventStream;
use super::failure::Failure;
use super::known_names::KnownNames;
use super::lenient;
use super::mode::Mode;
use super::name::GET_RESULT;
use super::progress::{Progress, ProgressToken};
use super::reply::{Form, Reply};
use super::result::{Structured, failed_call, good_call};
use crate::limits;
use crate::time::UnixTime;

/// What a comment of an event stream looks like. It means nothing, and keeps what stands between awake.
const SIGN_OF_LIFE: &str = ": working\n\n";

/// What a call is for, and who is answered how.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CallPlan {
    /// To whom and how.
    pub reply: Reply,
    /// With what progress is reported, if it is to be.
    pub progress: Option<ProgressToken>,
    /// The app's mode.
    pub mode: Mode,
    /// The run that is followed, where the call does not start one.
    pub run: Option<String>,
}

/// What goes to the client.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Written {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether more of Dify's response is wanted.
    pub wants_more: bool,
}

/// How Dify's response ended before the call did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// It broke off, or ended without a result.
    Broken,
    /// The calls under way hold more than they may.
    Crowded,
    /// A time limit has passed.
    Timeout,
}

/// One call under way.
#[derive(Debug)]
pub struct ToolCall {
    plan: CallPlan,
    progress: Option<Progress>,
    last_word: UnixTime,
    stream: EventStream,
    answer: BoundedText,
    files: Vec<File>,
    form: Option<String>,
    names: KnownNames,
    /// Whether an event was so large that it was left out.
    has_lost: bool,
    is_error: Option<bool>,
}

impl CallPlan {
    /// What a client gets before Dify has said anything, so that it sees that the server is there.
    pub const fn opening(&self) -> &'static str {
        match self.reply.form {
            Form::Events => SIGN_OF_LIFE,
            Form::Json => "",
        }
    }

    /// The end of a call of which nothing is known any more.
    pub fn lost(&self) -> Vec<u8> {
        let failure = Failure::internal(
            "The gateway has lost this call through a fault of its own. A workflow may go on in Dify.",
        );
        self.reply.error(&failure)
    }
}

impl ToolCall {
    /// A call whose stream has begun at `now`.
    pub fn new(plan: CallPlan, now: UnixTime) -> Self {
        let progress = plan.progress.clone();
        let progress = progress.filter(|_| plan.reply.form == Form::Events);
        Self {
            progress: progress.map(Progress::new),
            last_word: now,
            stream: EventStream::default(),
            answer: BoundedText::default(),
            files: Vec::new(),
            form: None,
            names: KnownNames {
                run: plan.run.clone(),
                ..KnownNames::default()
            },
            plan,
            has_lost: false,
            is_error: None,
        }
    }

    /// Reads a piece of Dify's stream.
    pub fn piece(&mut self, piece: &[u8], now: UnixTime) -> Written {
        if self.is_error.is_some() {
            return Written::default();
        }
        let mut bytes = Vec::new();
        let mut stream = std::mem::take(&mut self.stream);
        stream.push(piece, |event| {
            if event.is_cut {
                self.lost(event.data);
            } else if dify_event::is_ping(event.name, event.data) {
                bytes.extend_from_slice(self.sign_of_life(now));
            } else if let Some((names, event)) = dify_event::read(event.data) {
                self.names.learn(names);
                bytes.extend(self.event(event, now));
            }
            self.is_error.is_none()
        });
        self.stream = stream;
        if bytes.is_empty() && now.since(self.last_word) >= limits::MCP_SILENCE {
            bytes.extend_from_slice(self.sign_of_life(now));
        }
        Written {
            bytes,
            wants_more: self.is_error.is_none(),
        }
    }

    /// Dify has refused with this status and body.
    pub fn refused(&mut self, status: StatusCode, body: &[u8]) -> Vec<u8> {
        #[derive(Deserialize)]
        struct Refused {
            code: String,
            message: String,
        }
        let refused: Option<Refused> = serde_json::from_slice(body).ok();
        match refused {
            Some(Refused { code, message }) => self.fail(&message, Some(&code)),
            None => {
                let message = format!("Dify has refused the request with status {status}.");
                self.fail(&message, Some("dify_answer_invalid"))
            }
        }
    }

    /// Dify's response has ended. Nothing where the call has its result already.
    pub fn end(&mut self, how: Ended) -> Vec<u8> {
        if self.is_error.is_some() {
            return Vec::new();
        }
        let may_go_on = self.plan.mode.has_run() && self.names.run.is_some();
        match how {
            Ended::Timeout if may_go_on => self.running(),
            Ended::Timeout => self.fail(
                "The app took longer than a call may take, and the gateway has ended it.",
                Some("gateway_timeout"),
            ),
            Ended::Crowded => self.fail(
                "The gateway has too many large answers under way. Try again later.",
                Some("busy"),
            ),
            Ended::Broken if self.has_lost => self.fail(
                "An event of Dify's stream was larger than 1 MiB, so the result is not known. Have the app return less, or \
                 a file.",
                Some("dify_answer_invalid"),
            ),
            Ended::Broken => self.fail(
                "The connection to Dify broke off before the result.",
                Some("dify_unavailable"),
            ),
        }
    }

    /// Ends the call with an error that Dify's response gave no other words for.
    pub fn fail(&mut self, message: &str, code: Option<&str>) -> Vec<u8> {
        self.is_error = Some(true);
        failed_call(&self.plan.reply, message, code)
    }

    /// Whether the result is an error; `None` before there is one.
    pub const fn is_error(&self) -> Option<bool> {
        self.is_error
    }

    /// What Dify calls the run where it can be stopped, once that is known.
    pub fn task(&self) -> Option<&str> {
        self.names.task.as_deref()
    }

    /// What the call takes in memory, in bytes.
    pub fn bytes(&self) -> usize {
        self.stream.bytes() + self.answer.bytes()
    }

    fn sign_of_life(&mut self, now: UnixTime) -> &'static [u8] {
        self.last_word = now;
        self.plan.opening().as_bytes()
    }

    /// An event was too large. The outputs of a node are not missed; a part of the answer is.
    fn lost(&mut self, beginning: &[u8]) {
        self.has_lost = true;
        if dify_event::is_of_answer(beginning) {
            self.answer.cut();
        }
    }

    fn event(&mut self, event: DifyEvent, now: UnixTime) -> Vec<u8> {
        let keeps_answer = self.plan.mode != Mode::Workflow;
        match event {
            DifyEvent::Answer(more) if keeps_answer => self.answer.push(&more, limits::MCP_TEXT),
            DifyEvent::AnswerReplaced(answer) if keeps_answer => {
                self.answer.clear();
                self.answer.push(&answer, limits::MCP_TEXT);
            }
            DifyEvent::File(file) if self.files.len() < limits::MCP_FILES => self.files.push(file),
            DifyEvent::Form(text) => self.form = Some(text),
            DifyEvent::Step(step) => return self.step(&step, now),
            DifyEvent::Error { code, message } => return self.fail(&message, Some(&code)),
            // Who follows a run has not seen the beginning of its answer; the end of the run has all of it.
            DifyEvent::MessageEnd(end) if self.plan.run.is_none() => return self.answered(&end),
            DifyEvent::Finished(finished) => return self.finished(&finished),
            DifyEvent::Paused => return self.waiting(),
            DifyEvent::Answer(_)
            | DifyEvent::AnswerReplaced(_)
            | DifyEvent::File(_)
            | DifyEvent::MessageEnd(_)
            | DifyEvent::Other => {}
        }
        Vec::new()
    }

    fn step(&mut self, step: &str, now: UnixTime) -> Vec<u8> {
        let notice = self
            .progress
            .as_mut()
            .and_then(|progress| progress.notice(step, now));
        match notice {
            Some(notice) => {
                self.last_word = now;
                self.plan.reply.form.message(&notice)
            }
            None => Vec::new(),
        }
    }

    fn answered(&mut self, end: &MessageEnd) -> Vec<u8> {
        for file in &end.files {
            if !self.files.contains(file) && self.files.len() < limits::MCP_FILES {
                self.files.push(file.clone());
            }
        }
        let answer = std::mem::take(&mut self.answer);
        self.succeed(answer.as_str(), &end.citations, answer.is_cut())
    }

    fn finished(&mut self, finished: &Finished) -> Vec<u8> {
        if !matches!(finished.status.as_str(), "succeeded" | "partial-succeeded") {
            let message = match (&finished.error, finished.status.as_str()) {
                (Some(error), _) if !error.trim().is_empty() => error.as_str(),
                (_, "stopped") => "The run was stopped.",
                _ => "The run has failed.",
            };
            let code = format!("run_{}", finished.status);
            return self.fail(message, Some(&code));
        }
        self.files.clone_from(&finished.files);
        if self.plan.mode == Mode::Workflow {
            return self.returned(finished.outputs.as_deref());
        }
        let outputs = finished.outputs.as_deref();
        let answer = outputs.and_then(dify_event::answer_of);
        let seen = std::mem::take(&mut self.answer);
        match answer {
            Some(answer) => self.succeed(&answer, &[], false),
            None => self.succeed(seen.as_str(), &[], seen.is_cut()),
        }
    }

    fn succeed(&mut self, answer: &str, citations: &[Citation], is_cut: bool) -> Vec<u8> {
        self.is_error = Some(false);
        let mut further = Vec::new();
        if let Some(conversation) = &self.names.conversation {
            further.push(format!("conversation_id: {conversation}"));
        }
        if !citations.is_empty() {
            let lines: Vec<String> = citations.iter().map(Citation::line).collect();
            further.push(format!("Sources: {}", lines.join("; ")));
        }
        if is_cut {
            further
                .push("The answer was longer than the gateway passes on, and is cut.".to_owned());
        }
        let structured = Structured {
            status: "succeeded",
            answer: Some(answer),
            message_id: self.names.message.as_deref(),
            citations,
            ..self.structured()
        };
        good_call(
            &self.plan.reply,
            &[answer, &further.join("\n")],
            &structured,
        )
    }

    fn returned(&mut self, outputs: Option<&RawValue>) -> Vec<u8> {
        self.is_error = Some(false);
        let sole = outputs.and_then(lenient::sole_text);
        let text = match (&sole, outputs) {
            (Some(text), _) => text.as_str(),
            (None, Some(outputs)) => outputs.get(),
            (None, None) => "{}",
        };
        let structured = Structured {
            status: "succeeded",
            outputs,
            ..self.structured()
        };
        good_call(&self.plan.reply, &[text], &structured)
    }

    /// A person decides, and no model may in their place, so the form's token is not told.
    fn waiting(&mut self) -> Vec<u8> {
        self.is_error = Some(false);
        let form = self.form.as_deref().unwrap_or_default();
        let text = format!(
            "The run waits for a person, who must answer in the app. Call `{GET_RESULT}` afterwards{}. {form}",
            self.of_run()
        );
        let structured = Structured {
            status: "waiting_for_a_person",
            ..self.structured()
        };
        good_call(&self.plan.reply, &[text.trim()], &structured)
    }

    fn running(&mut self) -> Vec<u8> {
        self.is_error = Some(false);
        let text = format!(
            "The run is still under way. Call `{GET_RESULT}`{} to get its result.",
            self.of_run()
        );
        let structured = Structured {
            status: "running",
            ..self.structured()
        };
        good_call(&self.plan.reply, &[&text], &structured)
    }

    fn of_run(&self) -> String {
        match &self.names.run {
            Some(run) => format!(" with workflow_run_id {run}"),
            None => String::new(),
        }
    }

    fn structured(&self) -> Structured<'_> {
        Structured {
            conversation_id: self.names.conversation.as_deref(),
            workflow_run_id: self.names.run.as_deref(),
            files: &self.files,
            ..Structured::default()
        }
    }
}

use http::StatusCode;
use serde_json::{Value, json};

use super::super::{CallPlan, Ended, Era, Form, Mode, ToolCall};
use super::{CONVERSATION, NOW, RUN, TASK, messages, plan, progress_token, told};
use crate::limits;

fn message(answer: &str) -> Value {
    json!({"event": "message", "task_id": TASK, "conversation_id": CONVERSATION, "message_id": RUN, "answer": answer})
}

fn message_end(more: &Value) -> Value {
    let mut event = json!({"event": "message_end", "conversation_id": CONVERSATION, "message_id": RUN, "metadata": {}});
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn finished(data: &Value) -> Value {
    json!({"event": "workflow_finished", "task_id": TASK, "workflow_run_id": RUN, "data": data})
}

fn texts(message: &Value) -> Vec<String> {
    let content = message["result"]["content"].as_array().unwrap();
    let texts = content.iter().filter(|part| part["type"] == "text");
    texts
        .map(|part| part["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_chat_becomes_its_answer_with_the_conversation_the_sources_and_the_files() {
    let source = json!({"position": 1, "document_name": "Policy.pdf", "dataset_name": "HR", "score": 0.912, "content": "Trains only.", "segment_id": "x"});
    let file = json!({"filename": "a.png", "mime_type": "image/png", "url": "https://dify.example/f?sign=1", "size": 5});
    let end = message_end(
        &json!({"metadata": {"retriever_resources": [source]}, "files": [file, {"url": "javascript:alert(1)"}]}),
    );
    let result = told(
        plan(Mode::Chat),
        &[message("Take "), message("the train."), end],
    );
    assert_eq!(result["id"], 7);
    assert_eq!(
        result["result"],
        json!({
            "content": [
                {"type": "text", "text": "Take the train."},
                {"type": "text", "text": format!("conversation_id: {CONVERSATION}\nSources: Policy.pdf (HR), score 0.91")},
                {"type": "resource_link", "uri": "https://dify.example/f?sign=1", "name": "a.png", "mimeType": "image/png"},
            ],
            "structuredContent": {
                "status": "succeeded", "answer": "Take the train.", "conversation_id": CONVERSATION, "message_id": RUN,
                "citations": [{"title": "Policy.pdf", "dataset": "HR", "score": 0.912, "content": "Trains only."}],
                "files": [{"name": "a.png", "url": "https://dify.example/f?sign=1", "mime_type": "image/png"}],
            },
        })
    );
}

#[test]
fn an_agents_answer_is_what_it_says_and_not_what_it_thinks() {
    let thought = json!({"event": "agent_thought", "thought": "secret", "tool": "search"});
    let said = json!({"event": "agent_message", "answer": "Found."});
    let end = message_end(&json!({}));
    for mode in [Mode::Agent, Mode::AgentChat] {
        let result = told(plan(mode), &[thought.clone(), said.clone(), end.clone()]);
        assert_eq!(result["result"]["structuredContent"]["answer"], "Found.");
        assert!(!result.to_string().contains("secret"));
    }
}

#[test]
fn a_replaced_answer_and_what_nobody_knows_are_taken_as_dify_means_them() {
    let replaced = json!({"event": "message_replace", "answer": "I cannot say."});
    let events = [
        message("Bad"),
        json!({"event": "hologram", "answer": 5}),
        json!(5),
        replaced,
        message_end(&json!({"files": null})),
    ];
    let result = told(plan(Mode::Chat), &events);
    assert_eq!(
        result["result"]["structuredContent"]["answer"],
        "I cannot say."
    );
}

#[test]
fn a_workflow_becomes_its_outputs_or_the_only_text_among_them() {
    let rows = [
        (json!({"text": "Hi"}), "Hi"),
        (json!({"n": 5}), "{\"n\":5}"),
        (json!({"a": "x", "b": "y"}), "{\"a\":\"x\",\"b\":\"y\"}"),
        (json!({}), "{}"),
    ];
    for (outputs, text) in rows {
        let result = told(
            plan(Mode::Workflow),
            &[finished(
                &json!({"status": "succeeded", "outputs": outputs}),
            )],
        );
        assert_eq!(texts(&result), [text]);
        assert_eq!(
            result["result"]["structuredContent"],
            json!({"status": "succeeded", "outputs": outputs, "workflow_run_id": RUN})
        );
        assert_eq!(result["result"].get("isError"), None);
    }
}

#[test]
fn the_files_of_a_workflow_are_links_to_where_they_can_be_fetched() {
    let signed = "https://dify.example/files/a.pdf?sign=1";
    let file = json!({"filename": "a.pdf", "mime_type": "application/pdf", "url": signed});
    let others = [json!({"url": "file:///etc/passwd"}), json!({"url": 5})];
    for status in ["succeeded", "partial-succeeded"] {
        let files = [std::slice::from_ref(&file), &others[..]].concat();
        let end = finished(&json!({"status": status, "outputs": {"doc": file}, "files": files}));
        let result = told(plan(Mode::Workflow), &[end]);
        let content = result["result"]["content"].as_array().unwrap();
        let links: Vec<_> = content
            .iter()
            .filter(|part| part["type"] == "resource_link")
            .collect();
        let link = json!({"type": "resource_link", "uri": signed, "name": "a.pdf", "mimeType": "application/pdf"});
        assert_eq!(links, [&link], "{status}");
        assert_eq!(
            result["result"]["structuredContent"]["files"][0]["url"],
            signed
        );
    }
}

#[test]
fn what_is_no_source_or_file_in_a_list_does_not_take_the_others_with_it() {
    let file = |name: &str| json!({"filename": name, "url": format!("https://dify.example/{name}"), "mime_type": "text/plain"});
    let source = |name: &str| json!({"document_name": name, "dataset_name": "HR"});
    for other in [json!(null), json!(5), json!("x"), json!([[]]), json!(true)] {
        let files = json!([file("a"), other, file("b")]);
        let sources = json!([other, source("c"), source("d")]);
        let ends = [
            (
                Mode::Workflow,
                finished(&json!({"status": "succeeded", "outputs": {}, "files": files})),
            ),
            (
                Mode::Chat,
                message_end(&json!({"metadata": {"retriever_resources": sources}, "files": files})),
            ),
        ];
        for (mode, end) in ends {
            let result = &told(plan(mode), &[end])["result"]["structuredContent"];
            let names = |list: &str, name: &str| -> Vec<Value> {
                let list = result[list].as_array().into_iter().flatten();
                list.map(|entry| entry[name].clone()).collect()
            };
            assert_eq!(names("files", "name"), ["a", "b"], "{mode:?} {other}");
            let expected: &[&str] = if mode == Mode::Chat { &["c", "d"] } else { &[] };
            assert_eq!(names("citations", "title"), expected, "{mode:?} {other}");
        }
    }
}

#[test]
fn a_run_that_did_not_succeed_is_an_error_of_the_tool_in_difys_words() {
    let error = |message: &str| json!({"event": "error", "code": "provider_quota_exceeded", "message": message, "status": 400});
    let rows = [
        (
            finished(&json!({"status": "failed", "error": "No such node."})),
            "No such node. (run_failed)",
        ),
        (
            finished(&json!({"status": "stopped", "error": ""})),
            "The run was stopped. (run_stopped)",
        ),
        (
            finished(&json!({"status": "failed", "error": null, "outputs": {"a": 1}})),
            "The run has failed. (run_failed)",
        ),
        (error("No quota."), "No quota. (provider_quota_exceeded)"),
        (error(""), "The app has failed (provider_quota_exceeded)."),
    ];
    for (event, text) in rows {
        let result = told(plan(Mode::Workflow), &[event]);
        assert_eq!(texts(&result), [text]);
        assert_eq!(result["result"]["isError"], true);
        assert_eq!(result["result"].get("structuredContent"), None);
    }
}

#[test]
fn a_run_that_waits_for_a_person_is_no_error_and_its_token_is_not_told() {
    let form = json!({"event": "human_input_required", "workflow_run_id": RUN, "data": {"form_content": "Approve?", "form_token": "t0ken"}});
    let paused = json!({"event": "workflow_paused", "workflow_run_id": RUN, "data": {"reasons": [{"form_token": "t0ken"}]}});
    let result = told(plan(Mode::Workflow), &[form, paused]);
    assert_eq!(
        result["result"]["structuredContent"],
        json!({"status": "waiting_for_a_person", "workflow_run_id": RUN})
    );
    assert_eq!(
        texts(&result),
        [format!(
            "The run waits for a person, who must answer in the app. Call `get_result` afterwards with workflow_run_id {RUN}. Approve?"
        )]
    );
    assert!(!result.to_string().contains("t0ken"));
}

/// How a call ends whose stream has told `events` and then ends `how`.
fn ended(mode: Mode, events: &[Value], how: Ended) -> Value {
    let mut call = ToolCall::new(plan(mode), NOW);
    for event in events {
        call.piece(format!("data: {event}\n\n").as_bytes(), NOW);
    }
    messages(&call.end(how)).pop().expect("a result")
}

#[test]
fn a_stream_that_ends_without_a_result_is_told_by_how_it_ended() {
    let started =
        json!({"event": "workflow_started", "task_id": TASK, "workflow_run_id": RUN, "data": {}});
    let running = ended(
        Mode::Workflow,
        std::slice::from_ref(&started),
        Ended::Timeout,
    );
    assert_eq!(
        running["result"]["structuredContent"],
        json!({"status": "running", "workflow_run_id": RUN})
    );
    let rows = [
        (Mode::Workflow, vec![], Ended::Timeout, "gateway_timeout"),
        (
            Mode::Chat,
            vec![message("x")],
            Ended::Timeout,
            "gateway_timeout",
        ),
        (
            Mode::Workflow,
            vec![started],
            Ended::Broken,
            "dify_unavailable",
        ),
        (Mode::Chat, vec![message("x")], Ended::Crowded, "busy"),
    ];
    for (mode, events, how, code) in rows {
        let result = ended(mode, &events, how);
        assert_eq!(result["result"]["isError"], true);
        assert!(
            texts(&result)[0].ends_with(&format!("({code})")),
            "{result}"
        );
    }
}

#[test]
fn who_follows_a_run_gets_its_whole_answer_at_its_end() {
    let followed = CallPlan {
        run: Some(RUN.to_owned()),
        ..plan(Mode::AdvancedChat)
    };
    let end =
        finished(&json!({"status": "succeeded", "outputs": {"answer": "All of it.", "files": []}}));
    let result = told(followed, &[message("of it."), message_end(&json!({})), end]);
    assert_eq!(
        result["result"]["structuredContent"]["answer"],
        "All of it."
    );
}

#[test]
fn an_answer_beyond_the_limit_is_cut_and_the_result_says_so() {
    let part = message(&"\n".repeat(limits::MCP_TEXT / 5));
    let events = [part.clone(), part.clone(), part, message_end(&json!({}))];
    let result = told(plan(Mode::Chat), &events);
    let answer = result["result"]["structuredContent"]["answer"]
        .as_str()
        .unwrap();
    assert_eq!(answer.len(), limits::MCP_TEXT / 2);
    assert!(
        texts(&result)[1]
            .ends_with("The answer was longer than the gateway passes on, and is cut.")
    );
}

#[test]
fn an_event_that_is_too_large_is_missed_only_where_the_answer_was_in_it() {
    let large = "x".repeat(limits::MCP_EVENT);
    let node = json!({"data": {"outputs": large}}).to_string();
    let node = node.replacen('{', "{\"event\": \"node_finished\", ", 1);
    let part = json!({ "answer": large }).to_string();
    let part = part.replacen('{', "{\"event\": \"message\", ", 1);
    let told = |lost: &str| {
        let mut call = ToolCall::new(plan(Mode::Chat), NOW);
        let end = message_end(&json!({}));
        let events = format!("data: {}\n\ndata: {lost}\n\ndata: {end}\n\n", message("a"));
        texts(&messages(&call.piece(events.as_bytes(), NOW).bytes)[0])
    };
    let cut = "The answer was longer than the gateway passes on, and is cut.";
    for (lost, is_cut) in [(node, false), (part, true)] {
        let texts = told(&lost);
        assert_eq!(texts[0], "a");
        assert_eq!(texts[1].ends_with(cut), is_cut, "{texts:?}");
    }
    // Without a result, that is why.
    let mut call = ToolCall::new(plan(Mode::Workflow), NOW);
    call.piece(format!("data: {large}\n\n").as_bytes(), NOW);
    let result = messages(&call.end(Ended::Broken)).pop().unwrap();
    assert!(texts(&result)[0].starts_with("An event of Dify's stream was larger than 1 MiB"));
}

#[test]
fn lists_of_a_million_cost_no_more_than_those_that_are_kept() {
    let many = format!("[{}{{}}]", "{},".repeat(300_000));
    let event = format!(
        r#"{{"event":"message_end","metadata":{{"retriever_resources":{many}}},"files":{many}}}"#
    );
    let (_, read) = super::super::dify_event::read(event.as_bytes()).unwrap();
    let super::super::dify_event::DifyEvent::MessageEnd(end) = read else {
        panic!("{read:?}");
    };
    assert_eq!(
        (end.citations.len(), end.files.len()),
        (limits::MCP_SOURCES, 0)
    );
}

#[test]
fn a_silent_call_shows_signs_of_life_and_a_finished_one_wants_nothing_more() {
    let mut call = ToolCall::new(plan(Mode::Chat), NOW);
    assert_eq!(call.piece(b"event: ping\n\n", NOW).bytes, b": working\n\n");
    let later = NOW.plus(limits::MCP_SILENCE);
    assert_eq!(
        call.piece(format!("data: {}\n\n", message("x")).as_bytes(), later)
            .bytes,
        b": working\n\n"
    );
    let two = format!(
        "data: {}\n\ndata: {}\n\n",
        message_end(&json!({})),
        message_end(&json!({}))
    );
    let written = call.piece(two.as_bytes(), later);
    assert_eq!(
        (messages(&written.bytes).len(), written.wants_more),
        (1, false)
    );
    assert_eq!(call.end(Ended::Broken), b"");
}

#[test]
fn a_client_without_events_gets_one_json_document_and_nothing_before() {
    let mut plan = plan(Mode::Chat);
    plan.reply.form = Form::Json;
    plan.reply.era = Era::Modern;
    plan.progress = Some(progress_token(&json!(1)));
    assert_eq!(plan.opening(), "");
    let mut call = ToolCall::new(plan, NOW);
    let step = json!({"event": "node_started", "data": {"title": "x"}});
    assert_eq!(
        call.piece(format!("event: ping\n\ndata: {step}\n\n").as_bytes(), NOW)
            .bytes,
        b""
    );
    let body = call
        .piece(
            format!("data: {}\n\n", message_end(&json!({}))).as_bytes(),
            NOW,
        )
        .bytes;
    let result: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(result["result"]["resultType"], "complete");
}

#[test]
fn difys_refusal_is_an_error_of_the_tool() {
    let rows = [
        (
            404,
            r#"{"code":"not_found","message":"Conversation Not Exists.","status":404}"#,
            "Conversation Not Exists. (not_found)",
        ),
        (
            429,
            "<html>",
            "Dify has refused the request with status 429 Too Many Requests. (dify_answer_invalid)",
        ),
    ];
    for (status, body, text) in rows {
        let mut call = ToolCall::new(plan(Mode::Chat), NOW);
        let bytes = call.refused(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        assert_eq!(texts(&messages(&bytes)[0]), [text]);
    }
}

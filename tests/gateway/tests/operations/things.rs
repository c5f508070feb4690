//! What a user has in Dify, made there without the gateway.

use std::collections::BTreeMap;

use gateway_tests::{Form, Stage};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

/// One user's things in one app: each kind is made when it is first needed, and then there is one of it.
pub struct Things<'a> {
    api: String,
    app: AppKind,
    client: Client,
    ids: BTreeMap<String, String>,
    owner: &'a str,
}

impl<'a> Things<'a> {
    /// None yet.
    pub fn of(stage: &Stage, app: AppKind, owner: &'a str) -> Self {
        Self {
            api: stage.dify.base_url(),
            app,
            client: harness::http_client(),
            ids: BTreeMap::new(),
            owner,
        }
    }

    /// `template` with every `<variable>` replaced by the id of such a thing.
    pub async fn fill(&mut self, template: &str) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, after) = after.split_once('>').unwrap();
            filled.push_str(before);
            filled.push_str(&self.id(name).await);
            rest = after;
        }
        filled + rest
    }

    async fn id(&mut self, name: &str) -> String {
        if !self.ids.contains_key(name) {
            self.make(name).await;
        }
        self.ids[name].clone()
    }

    async fn make(&mut self, name: &str) {
        match name {
            "annotation_id" => {
                let annotation = json!({"question": "q", "answer": "a"});
                let thing = self.post("/apps/annotations", &annotation).await;
                self.keep("annotation_id", &thing["id"]);
            }
            "end_user_id" => {
                let file = self.upload().await;
                self.keep("end_user_id", &file["created_by"]);
            }
            "file_id" => self.send_file().await,
            "job_id" => {
                let reply = json!({
                    "score_threshold": 0.9, "embedding_provider_name": "p", "embedding_model_name": "m",
                });
                let thing = self.post("/apps/annotation-reply/enable", &reply).await;
                self.keep("job_id", &thing["job_id"]);
            }
            "variable_id" => self.find_variable().await,
            _ => self.run(json!([])).await,
        }
    }

    /// A run has nearly everything: a chat's its conversation, a workflow's its version, a waiting one its form.
    async fn run(&mut self, files: Value) {
        let path = match self.app {
            AppKind::Completion => "/completion-messages",
            AppKind::HitlWorkflow | AppKind::Workflow => "/workflows/run",
            _ => "/chat-messages",
        };
        let body =
            json!({"query": "hi", "inputs": {"q": self.owner}, "user": self.owner, "files": files});
        let thing = self.post(path, &body).await;
        for name in [
            "conversation_id",
            "message_id",
            "task_id",
            "workflow_run_id",
        ] {
            self.keep(name, &thing[name]);
        }
        self.keep("workflow_id", &thing["data"]["workflow_id"]);
        self.keep("form_token", &thing["data"]["reasons"][0]["form_token"]);
    }

    async fn send_file(&mut self) {
        let file = self.upload().await;
        let sent = json!({"type": "document", "transfer_method": "local_file", "upload_file_id": file["id"]});
        self.run(json!([sent])).await;
        self.keep("file_id", &file["id"]);
    }

    /// Of the conversation whose id precedes it in the path.
    async fn find_variable(&mut self) {
        let path = format!(
            "/conversations/{}/variables?user={}",
            self.ids["conversation_id"], self.owner
        );
        let listed = self.read(self.client.get(self.url(&path))).await;
        self.keep("variable_id", &listed["data"][0]["id"]);
    }

    async fn upload(&self) -> Value {
        let form = Form::default().field("user", self.owner);
        let form = form.file("file", "note.txt", "text/plain", self.owner.as_bytes());
        self.read(form.send_in(self.client.post(self.url("/files/upload"))))
            .await
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.read(self.client.post(self.url(path)).json(body)).await
    }

    async fn read(&self, request: RequestBuilder) -> Value {
        let answer = request.bearer_auth(self.app.key()).send().await.unwrap();
        let answer = answer.error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }

    fn keep(&mut self, name: &str, id: &Value) {
        if let Some(id) = id.as_str() {
            self.ids.insert(name.to_owned(), id.to_owned());
        }
    }
}

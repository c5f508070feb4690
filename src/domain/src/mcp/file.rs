//! Files, which go to Dify by their address.

use serde_json::{Map, Value, json};
use url::Url;

/// Endings by kind (`api/constants/__init__.py` and `file_factory.py`). Dify compares the kind with what it finds.
const KINDS: [(&str, &[&str]); 4] = [
    ("image", &["jpg", "jpeg", "png", "webp", "gif", "svg"]),
    ("video", &["mp4", "mov", "mpeg", "webm"]),
    ("audio", &["mp3", "m4a", "wav", "amr", "mpga"]),
    (
        "document",
        &[
            "txt",
            "markdown",
            "md",
            "mdx",
            "pdf",
            "html",
            "htm",
            "xlsx",
            "xls",
            "vtt",
            "properties",
            "doc",
            "docx",
            "csv",
            "eml",
            "msg",
            "pptx",
            "ppt",
            "xml",
            "epub",
        ],
    ),
];

/// Which files an input takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FileRule {
    kinds: Vec<String>,
    /// How many; one where it is no list.
    pub(super) most: u64,
}

impl FileRule {
    /// The rule of an input, if files may be given by address.
    pub(super) fn of_input(entry: &Value) -> Option<Self> {
        let methods = strings(entry.get("allowed_file_upload_methods"));
        takes_addresses(&methods).then(|| Self {
            kinds: strings(entry.get("allowed_file_types")),
            most: entry
                .get("max_length")
                .and_then(Value::as_u64)
                .filter(|most| *most > 0)
                .unwrap_or(1),
        })
    }

    /// The rule of the files of a question. Apps without a workflow have images alone, in a member of their own.
    pub(super) fn of_chat(upload: &Value) -> Option<Self> {
        let is_enabled = |part: &Value| part.get("enabled") == Some(&Value::Bool(true));
        let most = |part: &Value| part.get("number_limits").and_then(Value::as_u64);
        if is_enabled(upload) {
            let methods = strings(upload.get("allowed_file_upload_methods"));
            return takes_addresses(&methods).then(|| Self {
                kinds: strings(upload.get("allowed_file_types")),
                most: most(upload).unwrap_or(3),
            });
        }
        let image = upload.get("image").filter(|image| is_enabled(image))?;
        takes_addresses(&strings(image.get("transfer_methods"))).then(|| Self {
            kinds: vec!["image".to_owned()],
            most: most(image).unwrap_or(3),
        })
    }

    /// The file as Dify takes it.
    pub(super) fn file(&self, value: &Value) -> Result<Value, String> {
        let text = value
            .as_str()
            .ok_or("must be the address of a file, such as `https://example.com/report.pdf`")?;
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or(
                "must be an address that begins with `https://` or `http://`: a file is fetched from there",
            )?;
        Ok(json!({
            "type": self.kind_of(&url),
            "transfer_method": "remote_url",
            "url": text,
        }))
    }

    fn kind_of(&self, url: &Url) -> &str {
        let takes = |kind: &str| self.kinds.iter().any(|allowed| allowed == kind);
        let ending = url.path().rsplit_once('.').map(|(_, ending)| ending);
        let ending = ending.unwrap_or_default().to_ascii_lowercase();
        let found = KINDS
            .iter()
            .find(|(kind, endings)| takes(kind) && endings.contains(&ending.as_str()));
        match (found, self.kinds.as_slice()) {
            (Some((kind, _)), _) => kind,
            (None, [only]) => only,
            (None, _) if takes("custom") => "custom",
            (None, [first, ..]) => first,
            (None, []) => "document",
        }
    }

    /// The schema of one file.
    pub(super) fn schema() -> Map<String, Value> {
        Map::from_iter([
            ("type".to_owned(), "string".into()),
            ("format".to_owned(), "uri".into()),
        ])
    }
}

fn takes_addresses(methods: &[String]) -> bool {
    methods.iter().any(|method| method == "remote_url")
}

/// The strings of a list.
pub(super) fn strings(list: Option<&Value>) -> Vec<String> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| entry.as_str().map(str::to_owned))
        .collect()
}

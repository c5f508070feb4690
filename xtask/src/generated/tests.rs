use std::collections::BTreeSet;
use std::fs;

use gateway_domain::operation::OPERATIONS;
use gateway_domain::settings::declaration::DECLARATIONS;
use serde_json::Value;

use super::*;
use crate::workspace::Publication;

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn texts(values: &Value, field: &str) -> Vec<String> {
    let text = |value: &Value| {
        value
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    values.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn the_checked_in_files_are_what_the_tables_generate() {
    assert_eq!(drift(&Workspace::this()).unwrap(), Vec::<String>::new());
}

#[test]
fn every_declared_endpoint_has_its_file_and_every_file_its_endpoint() {
    let group = yaml(&provider::render().unwrap());
    let sources = group["endpoints"].as_array().unwrap().iter();
    let declared: BTreeSet<_> = sources
        .map(|endpoint| endpoint["extra"]["python"]["source"].as_str().unwrap())
        .collect();
    let files = endpoints::render();
    assert_eq!(declared, files.keys().map(String::as_str).collect());
}

#[test]
fn every_path_answers_every_method_once() {
    let group = yaml(&provider::render().unwrap());
    let declared: Vec<_> = texts(&group["endpoints"], "path")
        .into_iter()
        .zip(texts(&group["endpoints"], "method"))
        .collect();
    assert_eq!(
        declared.len(),
        declared.iter().collect::<BTreeSet<_>>().len(),
        "no path and method twice"
    );
    for path in ["/", "/<path:rest>"] {
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            assert!(
                declared.contains(&(path.to_owned(), method.to_owned())),
                "{method} {path}"
            );
        }
    }
    assert_eq!(
        declared.len(),
        OPERATIONS.len() + 10
            - OPERATIONS
                .iter()
                .filter(|operation| operation.path == "/")
                .count()
    );
}

#[test]
fn the_declared_settings_are_those_of_the_domain_in_its_order() {
    let group = yaml(&provider::render().unwrap());
    let names: Vec<_> = DECLARATIONS
        .iter()
        .map(|declaration| declaration.name)
        .collect();
    assert_eq!(texts(&group["settings"], "name"), names);
}

#[test]
fn an_endpoint_file_names_its_handler_in_one_class() {
    let files = endpoints::render();
    assert_eq!(
        files
            .get("endpoints/post_chat_messages.py")
            .map(String::as_str),
        Some(
            "from host.sdk.endpoint import endpoint\n\nPostChatMessages = endpoint(\"post_chat_messages\")\n"
        )
    );
}

#[test]
fn the_manifest_carries_whoever_publishes() {
    let publication = Publication {
        author: "somebody".to_owned(),
        contact: "somebody@example.com".to_owned(),
        repository: "https://github.com/somebody/gateway".to_owned(),
        version: "1.2.3".to_owned(),
    };
    let manifest = yaml(&manifest::render(&publication).unwrap());
    for (field, expected) in [
        ("author", "somebody"),
        ("contact", "somebody@example.com"),
        ("repo", "https://github.com/somebody/gateway"),
        ("version", "1.2.3"),
    ] {
        assert_eq!(manifest[field], expected, "{field}");
    }
}

#[test]
fn a_string_that_yaml_1_1_reads_as_something_else_is_quoted() {
    let rendered = yaml::render(&["no", "3.12", "on", "60", "plain"]).unwrap();
    assert_eq!(
        rendered.lines().skip(1).collect::<Vec<_>>(),
        ["- \"no\"", "- \"3.12\"", "- \"on\"", "- \"60\"", "- plain"]
    );
}

#[test]
fn a_region_is_replaced_and_everything_else_kept() {
    let document = "before\n<!-- generated: x -->\nold\n<!-- end of generated: x -->\nafter\n";
    let expected = "before\n<!-- generated: x -->\nnew\n<!-- end of generated: x -->\nafter\n";
    assert_eq!(
        documents::with_region(document, "x", "new\n").unwrap(),
        expected
    );
    assert_eq!(
        documents::with_region(document, "y", "new\n")
            .unwrap_err()
            .to_string(),
        "the lines `<!-- generated: y -->` and `<!-- end of generated: y -->` are missing"
    );
}

#[test]
fn drift_names_missing_changed_and_left_over_files() {
    let directory = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(directory.path().to_path_buf());
    let this = Workspace::this();
    let documents = documents::render(&this).unwrap();
    for path in documents.keys().map(String::as_str).chain(["Cargo.toml"]) {
        fs::create_dir_all(workspace.path(path).parent().unwrap()).unwrap();
        fs::copy(this.path(path), workspace.path(path)).unwrap();
    }
    write(&workspace).unwrap();
    assert_eq!(
        drift(&workspace).unwrap(),
        Vec::<String>::new(),
        "freshly written"
    );

    fs::remove_file(workspace.path("manifest.yaml")).unwrap();
    fs::write(
        workspace.path("endpoints/fallback.py"),
        "from host.sdk.endpoint import endpoint\n# changed\n",
    )
    .unwrap();
    fs::write(workspace.path("endpoints/get_nothing.py"), "").unwrap();
    let expected = [
        "  endpoints/fallback.py differs from line 2 on",
        "  manifest.yaml is missing",
        "  endpoints/get_nothing.py belongs to no operation",
    ];
    assert_eq!(drift(&workspace).unwrap(), expected);

    write(&workspace).unwrap();
    assert_eq!(
        drift(&workspace).unwrap(),
        Vec::<String>::new(),
        "written again"
    );
}

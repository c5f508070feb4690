//! What is listed of apps whose `/info` and `/parameters` were recorded from a real Dify.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::{App, Era, Tools};

const RECORDING: &str = "../../tests/dify/fixtures/dify-1.16-recorded.jsonl";
const GOLDEN: &str = "src/mcp/tests/golden";

fn path(below_crate: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below_crate)
}

/// The bodies of the recorded responses at `path`, by the app's name.
fn recorded(path_of_api: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path(RECORDING)).unwrap();
    let exchanges = text
        .lines()
        .filter(|line| line.contains(path_of_api))
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let wanted = exchanges.filter(|exchange| {
        exchange["request"]["path"] == path_of_api
            && exchange["request"]["method"] == "GET"
            && exchange["response"]["status"] == 200
    });
    wanted
        .map(|exchange| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&exchange["app"]), text(&exchange["response"]["body"]))
        })
        .collect()
}

#[test]
fn the_tools_of_recorded_apps_are_listed_as_they_were() {
    let (infos, parameters) = (recorded("/v1/info"), recorded("/v1/parameters"));
    assert!(parameters.len() >= 9, "{:?}", parameters.keys());
    for (name, parameters) in parameters {
        let app = App::read(infos[&name].as_bytes(), parameters.as_bytes()).unwrap();
        let found = json!({
            "legacy": Tools::list(&app, None, Era::Legacy),
            "modern": Tools::list(&app, None, Era::Modern),
        });
        let file = path(GOLDEN).join(name).with_extension("json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let text = serde_json::to_string_pretty(&found).unwrap();
            fs::write(&file, text + "\n").unwrap();
        }
        let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(found, kept, "{}", file.display());
    }
}

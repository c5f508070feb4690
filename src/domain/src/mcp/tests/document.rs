//! What docs/mcp.md says of the server.

use super::super::name::GET_RESULT;
use super::super::version::MODERN;
use crate::limits;

const DOCUMENT: &str = include_str!("../../../../../docs/mcp.md");

#[test]
fn the_numbers_and_names_of_the_document_are_those_of_the_code() {
    let (kib, mib) = (1024, 1024 * 1024);
    let said = [
        format!(
            "| A message, with the tool's arguments | {} KiB |",
            limits::MCP_BODY / kib
        ),
        format!(
            "| Chats and completions | {} s;",
            limits::DIFY_TOTAL.as_secs()
        ),
        format!("| An answer | {} MiB,", limits::MCP_TEXT / mib),
        format!(
            "| Answers under way | {} MiB for all calls",
            limits::MCP_CALLS_MEMORY / mib
        ),
        format!(
            "take longer than {} s answer `running`",
            limits::MCP_HANDOVER.as_secs()
        ),
        format!("the second tool, `{GET_RESULT}`, waits"),
        format!("In the revision {MODERN} a client cancels"),
    ];
    for sentence in said {
        assert!(
            DOCUMENT.contains(&sentence),
            "docs/mcp.md does not say: {sentence}"
        );
    }
}

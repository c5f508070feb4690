use super::*;

fn form(body: &str) -> Form {
    read(
        "multipart/form-data; boundary=b",
        &Bytes::copy_from_slice(body.as_bytes()),
    )
    .unwrap()
}

#[test]
fn a_value_is_read_wherever_werkzeug_reads_it() {
    let cases = [
        (
            "plain",
            "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n--b--\r\n",
        ),
        (
            "LF lines",
            "--b\nContent-Disposition: form-data; name=\"user\"\n\nalice\n--b--",
        ),
        (
            "CR lines",
            "--b\rContent-Disposition: form-data; name=\"user\"\r\ralice\r--b--",
        ),
        (
            "preamble",
            "x\r\n--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n--b--",
        ),
        (
            "blank after boundary",
            "--b \t\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n--b--",
        ),
        (
            "no quotes",
            "--b\r\nContent-Disposition: form-data; name=user\r\n\r\nalice\r\n--b--",
        ),
        (
            "last name wins",
            "--b\r\nContent-Disposition: form-data; name=x; name=user\r\n\r\nalice\r\n--b--",
        ),
        (
            "folded",
            "--b\r\nContent-Disposition: form-data;\r\n name=\"user\"\r\n\r\nalice\r\n--b--",
        ),
        (
            "any case",
            "--b\r\ncontent-DISPOSITION: form-data; NAME=\"user\"\r\n\r\nalice\r\n--b--",
        ),
        (
            "extended",
            "--b\r\nContent-Disposition: form-data; name*=utf-8''us%65r\r\n\r\nalice\r\n--b--",
        ),
        (
            "continued",
            "--b\r\nContent-Disposition: form-data; name*0=us; name*1=er\r\n\r\nalice\r\n--b--",
        ),
        (
            "epilogue",
            "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n--b--\r\nrest",
        ),
    ];
    for (case, body) in cases {
        assert_eq!(form(body).value("user"), Some("alice"), "{case}");
    }
}

#[test]
fn the_first_of_two_values_wins() {
    let part = |value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\n{value}\r\n")
    };
    assert_eq!(
        form(&format!("{}{}--b--", part("alice"), part("bob"))).value("user"),
        Some("alice")
    );
}

#[test]
fn a_form_that_breaks_off_is_empty() {
    let whole = "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n";
    for body in [
        "",
        "x",
        whole,
        &format!("{whole}--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc"),
    ] {
        assert_eq!(form(body).value("user"), None, "{body:?}");
    }
}

#[test]
fn bytes_of_a_file_are_kept_as_they_are() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b.txt\"\r\nContent-Type: \
                text/plain\r\n\r\n\r\n--bx\r\n--b-\r\n\r\n--b--";
    let form = form(body);
    let file = form.file("file").unwrap();
    assert_eq!(file.filename, "a\"b.txt");
    assert_eq!(file.bytes.as_ref(), b"\r\n--bx\r\n--b-\r\n");
}

#[test]
fn an_empty_part_has_an_empty_value() {
    assert_eq!(
        form("--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\n--b--").value("user"),
        Some("")
    );
}

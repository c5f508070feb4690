use super::violations;

const MANIFEST: &str = r#"
version: 1.0.0
type: plugin
author: somebody
name: oidc_gateway
label: {en_US: Gateway}
description: {en_US: A gateway}
icon: icon.svg
resource: {memory: 1048576}
plugins: {endpoints: [provider/oidc_gateway.yaml]}
meta: {version: 0.0.1, arch: [amd64], runner: {language: python, version: "3.12", entrypoint: main}, minimum_dify_version: 1.10.0}
created_at: 2026-01-01T00:00:00Z
privacy: PRIVACY.md
repo: https://github.com/somebody/oidc_gateway
contact: somebody@example.com
"#;

const REQUIREMENTS: &str =
    "# why\ndify_plugin>=0.10.2,<0.11\nwasmtime>=50.0.1,<50.1 # the runtime\n";

/// The violations of a package that the marketplace takes, after one file was added, changed or (none) removed.
fn violations_with(path: &str, bytes: Option<&[u8]>) -> Vec<String> {
    let readme = format!(
        "https://github.com/somebody/oidc_gateway {}",
        "word ".repeat(300)
    );
    let accepted = [
        ("PRIVACY.md", "What is sent where."),
        ("README.md", &readme),
        ("_assets/icon.svg", "<svg/>"),
        ("_assets/picture.png", "\u{89}PNG"),
        ("host/gateway.wasm", "\0asm"),
        ("main.py", "import host\n"),
        ("manifest.yaml", MANIFEST),
        ("requirements.txt", REQUIREMENTS),
    ];
    let unchanged = accepted.iter().filter(|(accepted, _)| *accepted != path);
    let unchanged = unchanged.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let changed = bytes.map(|bytes| (path.to_owned(), bytes.to_vec()));
    violations(&unchanged.chain(changed).collect()).unwrap()
}

#[test]
fn a_package_that_keeps_every_rule_is_taken() {
    assert_eq!(
        violations_with("host/more.py", Some(b"more = 1\n")),
        Vec::<String>::new()
    );
}

#[test]
fn the_manifest_names_the_host_of_each_default() {
    let provider = b"settings:\n- name: dify_api_url\n  default: https://api.dify.ai/v1\n- name: x\n  default: sub\n";
    assert_eq!(
        violations_with("provider/oidc_gateway.yaml", Some(provider)),
        ["manifest.yaml lacks api.dify.ai in network.domains; it is in the default of a setting"]
    );
}

#[test]
fn a_file_that_the_marketplace_wants_must_be_there() {
    let table: &[(&str, &[&str])] = &[
        ("PRIVACY.md", &["PRIVACY.md is missing or empty"]),
        ("README.md", &["README.md is missing"]),
        (
            "_assets/icon.svg",
            &["_assets/icon.svg is missing; manifest.yaml names it"],
        ),
        ("manifest.yaml", &["manifest.yaml is missing"]),
        (
            "requirements.txt",
            &["requirements.txt is missing: the marketplace and Dify install from it"],
        ),
    ];
    for (path, expected) in table {
        assert_eq!(violations_with(path, None), *expected, "without {path}");
    }
}

#[test]
fn a_file_that_the_marketplace_refuses_is_named_with_the_rule() {
    let table: &[(&str, &[u8], &str)] = &[
        (
            ".env",
            b"",
            ".env must not be packaged: files of this name hold a machine's own secrets or settings",
        ),
        (
            ".env.local",
            b"",
            ".env.local must not be packaged: files of this name hold a machine's own secrets or settings",
        ),
        (
            "host/__pycache__/a.txt",
            b"",
            "host/__pycache__/a.txt is in `__pycache__`, which must not be packaged",
        ),
        (
            "host/a.pyc",
            b"",
            "host/a.pyc must not be packaged: the marketplace refuses .pyc files",
        ),
        (
            "key.pem",
            b"",
            "key.pem must not be packaged: the marketplace refuses .pem files",
        ),
        (
            "host/a",
            b"\x7fELF\x02",
            "host/a is a native executable (ELF), which the marketplace refuses",
        ),
        (
            "host/b",
            b"MZ\x90",
            "host/b is a native executable (PE), which the marketplace refuses",
        ),
        (
            "host/c",
            b"\xcf\xfa\xed\xfe",
            "host/c is a native executable (Mach-O), which the marketplace refuses",
        ),
        ("PRIVACY.md", b" \n", "PRIVACY.md is missing or empty"),
        (
            "PRIVACY.md",
            b"!!! Please fill in the privacy policy",
            "PRIVACY.md still has the template's `!!! please fill`",
        ),
        (
            "_assets/icon.svg",
            b"<svg><!-- DIFY_MARKETPLACE_TEMPLATE_ICON_DO_NOT_USE --></svg>",
            "_assets/icon.svg is the template's icon: replace it with your own",
        ),
    ];
    for (path, bytes, expected) in table {
        assert_eq!(violations_with(path, Some(bytes)), [*expected], "{path}");
    }
}

#[test]
fn what_looks_like_a_secret_is_refused_by_its_place_and_not_repeated() {
    let token = [
        "eyJhbGciOiJSUzI1NiJ9",
        "eyJzdWIiOiJhbGljZSJ9",
        "c2lnbmF0dXJl",
    ]
    .join(".");
    let table = [
        (
            "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
            "a private key",
        ),
        (token, "a JSON Web Token"),
        (format!("key {}{}", "app-", "a".repeat(24)), "an API key"),
        (format!("{}{}", "ghp_", "a1".repeat(18)), "a GitHub token"),
        (format!("{}-123456789012", "xoxb"), "a Slack token"),
        (format!("{}{}", "AKIA", "A1".repeat(8)), "an AWS access key"),
        (
            format!("client_secret = \"{}\"", "a1".repeat(16)),
            "a secret's value",
        ),
    ];
    for (line, kind) in table {
        let text = format!("first line\n{line}\n");
        let expected = format!(
            "SECURITY.md has what looks like {kind} in line 2: write a placeholder such as `<token>`"
        );
        assert_eq!(
            violations_with("SECURITY.md", Some(text.as_bytes())),
            [expected]
        );
    }
}

#[test]
fn the_readme_is_english_complete_and_names_the_repository() {
    let words = "word ".repeat(300);
    let table = [
        (
            format!("https://github.com/somebody/else {words}"),
            "README.md does not name the source repository https://github.com/somebody/oidc_gateway",
        ),
        (
            format!("https://github.com/somebody/oidc_gateway {words}\n```\n漢\n```\n設定\n"),
            "README.md has `設` in line 5: it must be in English; translations belong in readme/",
        ),
        (
            "https://github.com/somebody/oidc_gateway".to_owned(),
            "README.md has fewer than 300 words: it must describe setup, usage and requirements",
        ),
        (
            format!("https://github.com/somebody/oidc_gateway {words}{words}"),
            "README.md has 601 words, and reviewers ask for about 500: move what is not needed at first into docs/",
        ),
    ];
    for (readme, expected) in table {
        assert_eq!(
            violations_with("README.md", Some(readme.as_bytes())),
            [expected]
        );
    }
}

#[test]
fn what_a_readme_shows_and_links_to_is_there_in_difys_console_in_every_language() {
    let table = [
        (
            "[a](https://a.example/b.md#c) ![d](_assets/picture.png)",
            None,
        ),
        (
            "[a](PRIVACY.md)",
            Some(
                "PRIVACY.md leads nowhere from Dify's console: write the whole address, with https://",
            ),
        ),
        (
            "[a](#b)",
            Some("#b leads nowhere from Dify's console: write the whole address, with https://"),
        ),
        (
            "![a](../_assets/picture.png)",
            Some(
                "../_assets/picture.png is not shown in Dify's console: images must be `_assets/<name>`, in every language",
            ),
        ),
        (
            "![a](_assets/icon.svg)",
            Some(
                "_assets/icon.svg is not shown in Dify's console: images must be made of pixels, such as PNG",
            ),
        ),
        (
            "![a](_assets/none.png)",
            Some("_assets/none.png is missing in the package"),
        ),
    ];
    for (text, expected) in table {
        let expected = expected.map(|problem| format!("readme/README_ja_JP.md: {problem}"));
        assert_eq!(
            violations_with("readme/README_ja_JP.md", Some(text.as_bytes())),
            Vec::from_iter(expected),
            "{text}"
        );
    }
}

#[test]
fn the_manifest_has_every_field_in_its_form() {
    let table = [
        ("author: somebody\n", "", "manifest.yaml lacks author"),
        (
            "label: {en_US: Gateway}",
            "label: {ja_JP: Gateway}",
            "manifest.yaml lacks label.en_US",
        ),
        (
            "contact: somebody@example.com",
            "contact: \"\"",
            "manifest.yaml lacks contact",
        ),
        (
            "author: somebody\n",
            "author: Some Body\n",
            "manifest.yaml has author `Some Body`: the author must be 1 to 64 of a-z, 0-9, _ and -; change [workspace.package] authors in Cargo.toml",
        ),
        (
            "author: somebody\n",
            "author: my-dify\n",
            "manifest.yaml has author `my-dify`: the marketplace does not accept an author whose name contains `dify`",
        ),
        (
            "\nversion: 1.0.0",
            "\nversion: 1.0.0-beta",
            "manifest.yaml has version `1.0.0-beta`: the version must be three numbers of at most four digits",
        ),
        (
            "https://github.com/somebody/oidc_gateway",
            "https://git.example.com/somebody/oidc_gateway",
            "manifest.yaml has repo `https://git.example.com/somebody/oidc_gateway`: the repository must be on github.com, gitlab.com, bitbucket.org, gitee.com, codeberg.org or git.sr.ht; change [workspace.package] repository in Cargo.toml",
        ),
        (
            "contact: somebody@example.com",
            "contact: somebody",
            "manifest.yaml has contact `somebody`: the contact must be an e-mail address; change [workspace.metadata.plugin] contact in Cargo.toml",
        ),
        (
            "icon: icon.svg",
            "icon: none.svg",
            "_assets/none.svg is missing; manifest.yaml names it",
        ),
    ];
    for (from, to, expected) in table {
        let manifest = MANIFEST.replacen(from, to, 1);
        let violations = violations_with("manifest.yaml", Some(manifest.as_bytes()));
        assert_eq!(
            violations.first().map(String::as_str),
            Some(expected),
            "{to}"
        );
    }
}

#[test]
fn a_requirement_is_of_the_index_and_bounded_on_both_sides() {
    let table = [
        (
            "git+https://example.com/a",
            "only packages of the index are accepted, not addresses",
        ),
        (
            "a @ file",
            "only packages of the index are accepted, not addresses",
        ),
        (
            "-e .",
            "only packages of the index are accepted, not options or paths",
        ),
        (
            "./a",
            "only packages of the index are accepted, not options or paths",
        ),
        ("a", "bound it on both sides, for example name>=1.2,<2"),
        ("a>=1", "bound it on both sides, for example name>=1.2,<2"),
        (
            "dify_plugin~=0.10",
            "write dify_plugin>=0.9.0,<next without spaces: the daemon finds the version by this form",
        ),
        (
            "dify_plugin >=0.10,<1",
            "write dify_plugin>=0.9.0,<next without spaces: the daemon finds the version by this form",
        ),
        (
            "dify_plugin>=0.8.0,<1",
            "write dify_plugin>=0.9.0,<next without spaces: the daemon finds the version by this form",
        ),
    ];
    for (requirement, sentence) in table {
        let text = format!("{REQUIREMENTS}{requirement}\n");
        let expected = format!("requirements.txt has `{requirement}`: {sentence}");
        assert_eq!(
            violations_with("requirements.txt", Some(text.as_bytes())),
            [expected]
        );
    }
    assert_eq!(
        violations_with("requirements.txt", Some(b"a==1\n")),
        ["requirements.txt lacks dify_plugin"]
    );
}

#[test]
fn the_files_together_stay_under_the_daemons_limit() {
    let violations = violations_with("host/gateway.wasm", Some(&vec![0; 52_428_800]));
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert!(
        violations
            .iter()
            .all(|violation| violation.ends_with("bytes; the limit is 52428800"))
    );
}

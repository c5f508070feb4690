"""The files of the page, which the module names and the host lends."""

import gzip
from pathlib import Path

import pytest
from werkzeug import Response

from host.sdk import endpoint, page_files
from host.sdk.daemon_request import parsed
from host.wasm.instances import Instances

SCRIPT = b"export const answer = 42;"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "secret.gz").write_bytes(gzip.compress(b"outside"))
    files = tmp_path / "dist"
    files.mkdir()
    (files / "main-ABC.js.br").write_bytes(b"brotli")
    (files / "main-ABC.js.gz").write_bytes(gzip.compress(SCRIPT))
    (files / "build.json").write_text("{}")
    monkeypatch.setattr(page_files, "DIRECTORY", files)
    return files


def answered(instances: Instances, handler: str, name: bytes) -> Response:
    raw = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(name), name)
    return endpoint.respond(instances, handler, parsed(raw), {}, {}, "e-1")


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("handler", "name", "content"),
    [
        ("file", b"main-ABC.js.br", b"brotli"),
        ("file", b"main-ABC.js.gz", gzip.compress(SCRIPT, mtime=0)),
        ("plain_file", b"main-ABC.js.gz", SCRIPT),
    ],
)
def test_the_client_gets_the_head_of_the_module_and_the_bytes_of_the_file(
    instances: Instances, handler: str, name: bytes, content: bytes
) -> None:
    response = answered(instances, handler, name)
    found = b"".join(response.response)
    assert (response.status_code, response.headers["X-Test"]) == (200, "file")
    assert found == content or gzip.decompress(found) == gzip.decompress(content)


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("name", [b"", b"..", b"../secret.gz", b"build.json", b"main-ABC.js", b"other.gz", b"\xff.gz"])
def test_no_name_leads_to_anything_else(instances: Instances, name: bytes) -> None:
    response = answered(instances, "file", name)
    assert response.status_code == 500
    assert b"outside" not in b"".join(response.response)


def test_what_is_not_compressed_well_is_a_failure(instances: Instances, directory: Path) -> None:
    (directory / "broken.js.gz").write_bytes(b"no gzip")
    assert answered(instances, "plain_file", b"broken.js.gz").status_code == 500

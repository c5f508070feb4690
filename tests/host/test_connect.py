"""Ways to a server: addresses, TLS, proxies."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest
import trustme
from server import Connection, Serve, after_request, answering, ok

from host.http import connect, reach, transport, trust
from host.http.failure import Failure
from host.http.reach import Origin
from host.http.transport import Limits, Request

LIMITS = Limits(connect=3, head=3, idle=3, total=5, body=1000)
AUTHORITY = trustme.CA()
CA = AUTHORITY.cert_pem.bytes().decode()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    connect._proxy.cache_clear()
    trust.tls_context.cache_clear()
    yield
    connect._proxy.cache_clear()
    trust.tls_context.cache_clear()


def get(url: str, **changed: object) -> bytes:
    defaults = {"headers": [], "body": None, "ca": CA, "limits": LIMITS, "allowed_origins": frozenset({Origin.of(url)})}
    return transport.exchange(Request("GET", url, **{**defaults, **changed}))[1]


def failure_of(url: str, **changed: object) -> str:
    with pytest.raises(Failure) as failed:
        get(url, **changed)
    return failed.value.kind


def over_tls(name: str, authority: trustme.CA = AUTHORITY) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def tls_server(serve: Serve, name: str, authority: trustme.CA = AUTHORITY) -> str:
    context = over_tls(name, authority)

    def handle(connection: Connection) -> None:
        connection.socket = context.wrap_socket(connection.socket, server_side=True)
        answering(ok(b"over TLS"))(connection)

    return serve(handle).url.replace("http:", "https:").replace("127.0.0.1", "localhost")


def test_a_private_authority_is_trusted_only_where_it_is_set(serve: Serve) -> None:
    url = tls_server(serve, "localhost")
    assert get(url) == b"over TLS"
    assert failure_of(url, ca=None) == "tls"
    assert failure_of(url, ca=trustme.CA().cert_pem.bytes().decode()) == "tls"


def test_connections_are_shared_only_where_the_same_authorities_are_trusted(serve: Serve) -> None:
    url = tls_server(serve, "localhost")
    get(url)
    assert failure_of(url, ca=None) == "tls"


def test_a_certificate_for_another_name_is_refused(serve: Serve) -> None:
    assert failure_of(tls_server(serve, "other.example")) == "tls"


def test_certificates_that_cannot_be_read_are_a_failure_of_tls(serve: Serve) -> None:
    assert failure_of(tls_server(serve, "localhost"), ca="no PEM") == "tls"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_process_may_name_its_authorities(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    bundle = tmp_path / "authorities.pem"
    bundle.write_text(CA)
    monkeypatch.setenv(variable, str(bundle))
    assert get(tls_server(serve, "localhost"), ca=None) == b"over TLS"


def test_a_handshake_that_hangs_meets_the_limit(serve: Serve) -> None:
    url = serve(after_request(9.0)).url.replace("http:", "https:")
    began = time.monotonic()
    assert failure_of(url, limits=Limits(0.3, 3, 3, 5, 1000)) == "timeout"
    assert time.monotonic() - began < 1


def test_the_next_address_is_tried_when_the_first_does_not_answer(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answering(ok(b"second")))
    monkeypatch.setattr(reach, "_resolve", lambda host, port: ["::1", "127.0.0.2", "127.0.0.1"])
    assert get(server.url.replace("127.0.0.1", "name.example")) == b"second"


def test_a_name_is_resolved_once_and_the_checked_address_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(answering(ok(b"")))
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])  # A name server that changes its mind (DNS rebinding).
    monkeypatch.setattr(reach, "_resolve", lambda host, port: next(answers))
    url = server.url.replace("127.0.0.1", "rebinding.example")
    short = Limits(0.2, 1, 1, 1, 1000)
    assert failure_of(url, allowed_origins=frozenset(), must_be_public=True, limits=short) in ("timeout", "connect")
    assert server.connections == 0


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("is_allowed", [False, True])  # To relay to Dify, for example.
def test_a_discovered_address_may_not_be_private(serve: Serve, name: str, is_allowed: bool) -> None:
    server = serve(answering(ok(b"")))
    url = server.url.replace("127.0.0.1", name)
    origins = frozenset(filter(None, [Origin.of(url)])) if is_allowed else frozenset()
    assert failure_of(url, allowed_origins=origins, must_be_public=True) == "refused"
    assert server.connections == 0


def test_a_connection_to_a_private_address_is_not_shared_with_public_requests(serve: Serve) -> None:
    server = serve(answering(ok(b"")))
    get(server.url)  # One endpoint's own identity provider; its connection is idle now.
    assert failure_of(server.url, allowed_origins=server.origins, must_be_public=True) == "refused"


def test_slow_names_do_not_stop_others(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    real = reach._resolver()
    monkeypatch.setattr(reach, "get_original", lambda *_: time_wasting_getaddrinfo)
    url = "http://slow.example/"
    waiting = [gevent.spawn(failure_of, url, limits=Limits(0.3, 1, 1, 1, 1)) for _ in range(20)]
    began = time.monotonic()
    assert get(serve(answering(ok(b"fast"))).url) == b"fast"
    assert time.monotonic() - began < 0.2
    assert [w.get(timeout=2) for w in waiting] == ["timeout"] * 20
    assert real is reach._resolver()


def time_wasting_getaddrinfo(*_: object) -> list:
    gevent.monkey.get_original("time", "sleep")(1)
    return []


def proxy_server(serve: Serve, seen: list[bytes], status: bytes = b"200 OK") -> str:
    """Answers plain requests itself, and connects CONNECT to the server of the same name."""

    def handle(connection: Connection) -> None:
        head, _ = connection.request() or (b"", b"")
        seen.append(head)
        if not head.startswith(b"CONNECT"):
            connection.send(ok(b"from the proxy"))
            return
        connection.send(b"HTTP/1.1 %s\r\n\r\n" % status)
        target = gevent.socket.create_connection(("127.0.0.1", int(head.split()[1].rpartition(b":")[2])))
        back = gevent.spawn(pump, target, connection.socket)
        pump(connection.socket, target)
        back.join(timeout=1)

    return serve(handle).url


def pump(source: gevent.socket.socket, target: gevent.socket.socket) -> None:
    while received := source.recv(65536):
        target.sendall(received)


def test_a_proxy_is_sent_whole_urls_for_http(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    proxy = proxy_server(serve, seen).replace("//", "//user:p%40ss@")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    assert get("http://unresolvable.invalid:8080/path?q") == b"from the proxy"
    assert seen[0].split(b"\r\n") == [
        b"GET http://unresolvable.invalid:8080/path?q HTTP/1.1",
        b"Host: unresolvable.invalid:8080",
        b"proxy-authorization: Basic dXNlcjpwQHNz",
    ]


def test_a_proxy_is_asked_to_connect_for_https(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    monkeypatch.setenv("HTTPS_PROXY", proxy_server(serve, seen).replace("//", "//user:pass@"))
    url = tls_server(serve, "unresolvable.invalid").replace("localhost", "unresolvable.invalid")
    port = url.rpartition(":")[2].encode()
    assert get(url) == b"over TLS"
    lines = seen[0].split(b"\r\n")
    assert lines[0] == b"CONNECT unresolvable.invalid:%s HTTP/1.1" % port
    assert b"proxy-authorization: Basic dXNlcjpwYXNz" in lines


def test_a_proxy_that_declines_fails_the_connection(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy_server(serve, [], b"403 Forbidden"))
    assert failure_of("https://idp.example/") == "connect"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://", "http://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_fails_the_connection(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    assert failure_of("http://idp.example/") == "connect"


@pytest.mark.parametrize("exceptions", ["127.0.0.1", "*", "other.example,127.0.0.1"])
def test_no_proxy_is_honoured(serve: Serve, monkeypatch: pytest.MonkeyPatch, exceptions: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert get(serve(answering(ok(b"direct"))).url) == b"direct"


def test_a_discovered_private_address_is_refused_through_a_proxy_too(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    monkeypatch.setenv("HTTP_PROXY", proxy_server(serve, seen))
    for host in ("169.254.169.254", "2852039166", "0xa9.254.43518", "metadata.google.internal", "127.0.0.1."):
        assert failure_of(f"http://{host}/", allowed_origins=frozenset(), must_be_public=True) == "refused"
    assert seen == []


def test_a_proxy_gets_the_origin_that_was_checked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else a proxy might read in the URL."""
    seen: list[bytes] = []
    monkeypatch.setenv("HTTP_PROXY", proxy_server(serve, seen))
    url = "http://169.254.169.254\\@unresolvable.example/path?q"
    assert get(url, allowed_origins=frozenset(), must_be_public=True) == b"from the proxy"
    assert seen[0].startswith(b"GET http://unresolvable.example/path?q HTTP/1.1\r\n")

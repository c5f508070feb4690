"""Which addresses an endpoint may reach."""

import time
import tracemalloc

import pytest

from host.http import reach
from host.http.failure import Failure
from host.http.public import is_private_name, is_public
from host.http.reach import Origin, allowed_origins


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://idp.example", ("https", "idp.example", 443)),
        ("http://idp.example/realms/x?y#z", ("http", "idp.example", 80)),
        ("HTTPS://IDP.Example:8443/", ("https", "idp.example", 8443)),
        ("https://user:secret@idp.example/", ("https", "idp.example", 443)),
        ("https://[0:0::1]:8443/", ("https", "::1", 8443)),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443)),
        ("https://login.microsoftonline.com/{tenantid}/v2.0", ("https", "login.microsoftonline.com", 443)),
        ("https://idp.example:0/", ("https", "idp.example", 0)),
        ("https://idp.example:port/", None),
        ("https://idp.example:99999/", None),
        ("https://[::1/", None),
        ("http://127\u30020\u30020\u30021/", ("http", "127.0.0.1", 80)),
        ("http://\uff11\uff12\uff17.0.0.1/", ("http", "127.0.0.1", 80)),
        ("http://\u24dbocalhost/", ("http", "localhost", 80)),
        ("http://8.8.8.8\\@127.0.0.1/", ("http", "127.0.0.1", 80)),
        ("http://127.0.0.1\\.idp.example/", None),
        ("http://127.0.0.1%00.idp.example/", None),
        ("http://%31%32%37.0.0.1/", None),
        ("http://idp example/", None),
        ("http://{tenantid}.idp.example/", None),
        ("http://idp.example:80:81/", None),
        ("http:/idp.example/", None),
        ("https://" + "a" * 2000 + ".example/", None),
        ("https://my_service/", ("https", "my_service", 443)),
        ("https://", None),
        ("ftp://idp.example/", None),
        ("file:///etc/passwd", None),
        ("//idp.example/", None),
        ("idp.example", None),
        ("", None),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: tuple[str, str, int] | None) -> None:
    assert Origin.of(url) == origin


DIFY = ("https", "api.dify.ai", 443)
A = ("https", "a.example", 443)
ENTRA = ("https", "login.microsoftonline.com", 443)
B = ("http", "b.example", 81)


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({}, {DIFY}),
        ({"dify_api_url": None}, {DIFY}),
        ({"dify_api_url": ""}, {DIFY}),
        ({"dify_api_url": " \t\n"}, {DIFY}),
        ({"dify_api_url": " http://b.example:81/v1/ "}, {B}),
        ({"dify_api_url": 5}, set()),
        ({"dify_api_url": False}, set()),
        ({"dify_api_url": ["https://a.example"]}, set()),
        ({"dify_api_url": {"url": "https://a.example"}}, set()),
        ({"dify_api_url": "not an address"}, set()),
        ({"issuer": "https://a.example/x"}, {A, DIFY}),
        ({"issuer": "https://a.example,  http://b.example:81/y https://a.example", "dify_api_url": "-"}, {A, B}),
        ({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0", "dify_api_url": "-"}, {ENTRA}),
        ({"issuer": "https://a.example", "discovery_url": "http://b.example:81/z"}, {A, B, DIFY}),
        ({"provider_endpoints": "token=http://b.example:81/t, end_session=https://a.example/o"}, {A, B, DIFY}),
        ({"provider_endpoints": "=http://b.example:81/t token= a=b=http://b.example:81"}, {DIFY}),
        # Every other setting, whatever is written there.
        ({"public_url": "https://a.example"}, {DIFY}),
        ({"allowed_origins": "https://a.example http://b.example:81"}, {DIFY}),
        ({"client_id": "https://a.example#id", "audience": "https://a.example"}, {DIFY}),
        ({"jwks": '{"keys":[{"jku":"https://a.example"}]}', "input_claims": "https://a.example/roles"}, {DIFY}),
        ({"app_key": "https://a.example", "unknown": "https://a.example", "ISSUER": "https://a.example"}, {DIFY}),
    ],
)
def test_allowed_are_the_origins_of_the_settings_that_are_addresses(settings: dict, allowed: set) -> None:
    assert allowed_origins(settings) == allowed


def test_what_is_kept_of_settings_is_bounded() -> None:
    """It is for the whole process, and any workspace can write settings of megabytes."""
    tracemalloc.start()
    for number in range(300):
        addresses = f"https://a{number}.example " * 10_000
        other = {"jwks": "x" * 1_000_000, "ca_certificates": f"https://{number}.example " * 10}
        allowed_origins({"issuer": addresses, **other})
        allowed_origins({"issuer": f"https://{number}.{'a' * 3_000}.example", **other})
        allowed_origins({"issuer": addresses * 12, **other})
    del addresses, other
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 3_000_000


@pytest.mark.parametrize(
    ("issuer", "allowed"),
    [
        ("https://a.example " * 10_000, {A, DIFY}),
        ("https://a.example " * 2_000_000, set()),  # Longer than the module reads settings.
        ("x " * 200 + "https://a.example", {DIFY}),  # More entries than the module takes.
    ],
)
def test_settings_of_any_length_take_little_time(issuer: str, allowed: set) -> None:
    allowed_origins({})
    began = time.monotonic()
    assert allowed_origins({"issuer": issuer}) == allowed
    assert time.monotonic() - began < 0.05


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1"],
)
def test_these_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:0",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::10.0.0.1",
        "2002:7f00:0001::1",
        "2002:a00:1::",
        "2002:a83f:8110::1",
        "2001:db8::1",
        "168.63.129.16",
        "192.0.0.192",
        "192.88.99.1",
        "::8.8.8.8",
        "::ffff:168.63.129.16",
        "::ffff:0:127.0.0.1",
        "64:ff9b::192.0.0.192",
        "64:ff9b:1:7f00:0:1:808:808",
        "64:ff9b:1::8.8.8.8",
        "2001:0:808:808::f7f7:f7f7",
        "2001:1::1",
        "2001:3::1",
        "2001:4:112::1",
        "2606:4700::1111%eth0",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "1::1",
    ],
)
def test_these_addresses_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("resolved", "used"),
    [
        (["93.184.216.34", "2606:4700::1111"], ["93.184.216.34", "2606:4700::1111"]),
        (["127.0.0.1", "93.184.216.34"], ["93.184.216.34"]),
        ([], []),
    ],
)
def test_of_the_addresses_of_a_discovered_name_the_public_ones_are_used(
    monkeypatch: pytest.MonkeyPatch, resolved: list[str], used: list[str]
) -> None:
    monkeypatch.setattr(reach, "_resolve", lambda host, port: resolved)
    assert reach.addresses("idp.example", 443, public_only=True) == used


def test_a_discovered_name_with_private_addresses_only_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_resolve", lambda host, port: ["127.0.0.1", "::1"])
    with pytest.raises(Failure, match="refused"):
        reach.addresses("idp.example", 443, public_only=True)


def test_what_the_administrator_wrote_may_be_private() -> None:
    assert reach.addresses("127.0.0.1", 80, public_only=False) == ["127.0.0.1"]
    assert "127.0.0.1" in reach.addresses("localhost", 80, public_only=False)


def test_an_unknown_name_fails_the_connection() -> None:
    with pytest.raises(Failure, match="connect"):
        reach.addresses("name.invalid", 443, public_only=False)
    with pytest.raises(Failure, match="connect"):
        reach.addresses("a" * 64 + ".example", 443, public_only=False)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "x.localhost",
        "localhost.localdomain",
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0",
        "0x0a.1",
        "::1",
        "10.1.2.3",
        "intranet",
        "printer.local",
        "router.home.arpa",
        "metadata.google.internal",
        "metadata.google.internal.",
    ],
)
def test_a_name_may_be_private_by_its_spelling(host: str) -> None:
    assert is_private_name(host)


@pytest.mark.parametrize(
    "host", ["idp.example", "idp.example.", "8.8.8.8", "134744072", "localhost.example", "local.example"]
)
def test_other_names_are_left_to_the_proxy(host: str) -> None:
    assert not is_private_name(host)

"""Which addresses an endpoint may reach."""

import json

import pytest

from host.http import reach
from host.http.failure import Failure
from host.http.reach import Origin, allowed_origins, is_public


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


A = ("https", "a.example", 443)


@pytest.mark.parametrize(
    ("settings", "lent"),
    [
        ({"issuer": "https://a.example/x"}, {A}),
        ({"issuer": "https://a.example,  http://b.example:81/y https://a.example"}, {A, ("http", "b.example", 81)}),
        ({"jwks": {"keys": [{"issuer": "https://c.example"}]}}, {("https", "c.example", 443)}),
        ({"user_claim": "sub", "userinfo": True, "clock_skew": None, "n": 5}, set()),
        ({"client_id": "https"}, set()),
    ],
)
def test_what_is_lent_are_the_urls_of_the_settings(settings: dict, lent: set) -> None:
    assert allowed_origins(json.dumps(settings)) == lent


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
        "2001:db8::1",
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


def test_the_template_of_entra_lends_the_origin_that_all_its_tenants_are_at() -> None:
    settings = json.dumps({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"})
    assert allowed_origins(settings) == {Origin("https", "login.microsoftonline.com", 443)}


def test_a_discovered_name_with_private_addresses_only_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_resolve", lambda host, port: ["127.0.0.1", "::1"])
    with pytest.raises(Failure, match="refused"):
        reach.addresses("idp.example", 443, public_only=True)


def test_what_the_administrator_wrote_may_be_private() -> None:
    assert reach.addresses("127.0.0.1", 80, public_only=False) == ["127.0.0.1"]
    assert "127.0.0.1" in reach.addresses("localhost", 80, public_only=False)


def test_an_unknown_name_is_no_connection() -> None:
    with pytest.raises(Failure, match="connect"):
        reach.addresses("name.invalid", 443, public_only=False)
    with pytest.raises(Failure, match="connect"):
        reach.addresses("a" * 64 + ".example", 443, public_only=False)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.".lower(), "x.localhost", "127.0.0.1", "::1", "10.1.2.3"])
def test_private_names_are_refused_where_a_proxy_resolves(host: str) -> None:
    with pytest.raises(Failure, match="refused"):
        reach.refuse_private_name(host)


@pytest.mark.parametrize("host", ["idp.example", "8.8.8.8", "localhost.example"])
def test_other_names_are_left_to_the_proxy(host: str) -> None:
    reach.refuse_private_name(host)

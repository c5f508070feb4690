"""What is replaced inside the SDK is compared with what is expected there."""

from types import SimpleNamespace

import pytest
from dify_plugin.core.server.router import Route, Router
from werkzeug import Request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Map, Rule

from host.sdk import replacements
from host.sdk.replacements import Replacement, SdkChanged


def expected(raw: bytes) -> str: ...


class Owner:
    function = expected
    text = "[^/].*?"


def test_everything_is_replaced_where_the_sdk_is_as_expected() -> None:
    owner = type("Owner", (Owner,), {})
    new = object()
    replacements.apply(
        lambda: [
            Replacement(owner, "function", "(raw: bytes) -> str", new),
            Replacement(owner, "text", "[^/].*?", "new"),
        ]
    )
    assert (owner.function, owner.text) == (new, "new")


@pytest.mark.parametrize(
    ("name", "described", "found"),
    [
        ("gone", "()", "Owner.gone does not exist"),
        ("function", "(raw: str) -> str", "Owner.function is (raw: bytes) -> str, not (raw: str) -> str"),
        ("text", ".*", "Owner.text is [^/].*?, not .*"),
    ],
)
def test_an_sdk_that_has_changed_is_named_and_nothing_is_replaced(name: str, described: str, found: str) -> None:
    with pytest.raises(SdkChanged) as raised:
        replacements.apply(
            lambda: [Replacement(Owner, "text", "[^/].*?", "new"), Replacement(Owner, name, described, "new")]
        )
    assert str(raised.value) == (
        f"This plugin does not fit the installed dify_plugin or werkzeug: {found}. "
        "Install the versions of requirements.txt."
    )
    assert (Owner.text, Owner.function) == ("[^/].*?", expected)


def test_a_class_that_is_gone_is_named_too() -> None:
    with pytest.raises(SdkChanged, match="has no attribute 'StdioRequestReader'"):
        replacements.apply(lambda: [Replacement(SimpleNamespace().StdioRequestReader, "", "", None)])


def routed(path: str, method: str = "POST") -> Request:
    return Request({"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "localhost", "wsgi.url_scheme": "http"})


def test_only_paths_without_variables_are_remembered() -> None:
    asked: list[str] = []
    endpoints = Map([Rule("/info", methods=["GET"], endpoint="info"), Rule("/a/<name>", endpoint="named")])

    def route(_registration: object, request: Request) -> tuple[str, dict]:
        asked.append(request.path)
        return endpoints.bind_to_environ(request.environ).match()

    dispatch = replacements.remembering(route)
    for _ in range(2):
        assert dispatch(None, routed("/info", "GET")) == ("info", {})
        assert dispatch(None, routed("/a/b")) == ("named", {"name": "b"})
        assert dispatch(None, routed("/a/c")) == ("named", {"name": "c"})
        with pytest.raises(MethodNotAllowed):
            dispatch(None, routed("/info", "PUT"))
    assert asked == ["/info", "/a/b", "/a/c", "/info", "/a/b", "/a/c", "/info"]


def test_a_kind_of_request_leads_where_the_sdk_leads_it() -> None:
    router = Router(None, None)
    for kind in ("tool", "endpoint"):
        router.routes.append(Route(lambda data, kind=kind: data.get("type") == kind, lambda _session, data: data["n"]))
    found = [
        replacements.dispatched(router, None, {"type": kind, "action": "a", "n": kind}) for kind in ("endpoint", "?")
    ]
    assert found == ["endpoint", None]

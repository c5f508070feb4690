"""What is replaced inside the SDK is compared with what is expected there."""

from types import SimpleNamespace

import pytest

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

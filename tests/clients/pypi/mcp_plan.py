"""What the scripts with the MCP SDKs for Python do with a client: list the tools, then call them as the plan says."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
from mcp_person import Person

type OnProgress = Callable[[float, float | None, str | None], Awaitable[None]]
type Call = Callable[[str, dict, OnProgress], Awaitable[dict[str, Any]]]


class Session:
    """A plan that is carried out, and what is printed of it."""

    def __init__(self, plan: dict) -> None:
        self.plan = plan
        self.person = Person(**plan["person"]) if "person" in plan else None
        self.report: dict[str, Any] = {"authorizations": self.person.authorizations if self.person else []}

    async def carry_out(self, tools: list[str], call_tool: Call) -> None:
        """Makes the calls, one after another."""
        self.report["tools"] = tools
        self.report["results"] = [await until_it_has_ended(call_tool, wanted) for wanted in self.plan["calls"]]

    def run(self, main: Callable[["Session"], Awaitable[None]]) -> None:
        """Prints what became of it, as JSON."""
        try:
            asyncio.run(main(self))
        except Exception as error:
            self.report["error"] = "; ".join(messages(error))
        print(json.dumps(self.report))


async def until_it_has_ended(call_tool: Call, wanted: dict) -> dict[str, Any]:
    """A run that takes longer than a call is asked for until it has ended, as a model does it."""
    result = await call(call_tool, wanted["tool"], wanted["arguments"], cancel=wanted.get("cancel", False))
    asked = 0
    while (structured := result.get("structuredContent") or {}).get("status") == "running":
        asked += 1
        result = await call(call_tool, "get_result", {"workflow_run_id": structured["workflow_run_id"]})
    return {**result, "asked": asked}


async def call(call_tool: Call, tool: str, arguments: dict, *, cancel: bool = False) -> dict[str, Any]:
    """One call, which may be cancelled as soon as there is progress."""
    progress: list[float] = []
    scope = anyio.CancelScope()

    async def on_progress(done: float, _total: float | None, _message: str | None) -> None:
        progress.append(done)
        if cancel:
            scope.cancel()

    result: dict[str, Any] = {"cancelled": True}
    with scope:
        result = await call_tool(tool, arguments, on_progress)
    return {**result, "progress": progress}


def messages(error: BaseException) -> Iterator[str]:
    """Those of an error, or of all in a group."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from messages(part)
    else:
        yield f"{type(error).__name__}: {error}"

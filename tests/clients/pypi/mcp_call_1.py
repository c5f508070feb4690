"""The official MCP client for Python, 1.x, pointed at the gateway: what a program with the SDK gets of the app.

python mcp_call_1.py <plan as JSON>

The plan is that of `tests/clients/mcp/call.mjs`, and so is what is printed.
"""

import json
import sys
from typing import Any

import httpx
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp_plan import OnProgress, Session


def http_client(session: Session) -> httpx.AsyncClient:
    """A client that has the plan's token, or gets one as the person."""
    timeout = httpx.Timeout(30, read=300)
    plan, person = session.plan, session.person
    if person is None:
        return httpx.AsyncClient(headers={"Authorization": f"Bearer {plan['token']}"}, timeout=timeout)

    async def callback() -> tuple[str, str | None]:
        return person.callback["code"], person.callback.get("state")

    auth = OAuthClientProvider(plan["url"], person.metadata, person, person.sign_in, callback)
    return httpx.AsyncClient(auth=auth, timeout=timeout)


async def main(session: Session) -> None:
    """Lists the tools and makes the calls."""
    async with (
        http_client(session) as http,
        streamable_http_client(session.plan["url"], http_client=http) as (read, write, _),
        ClientSession(read, write) as client,
    ):

        async def call_tool(tool: str, arguments: dict, on_progress: OnProgress) -> dict[str, Any]:
            result = await client.call_tool(tool, arguments, progress_callback=on_progress)
            return {
                "content": [part.model_dump(mode="json", exclude_none=True) for part in result.content],
                "structuredContent": result.structuredContent,
                "isError": bool(result.isError),
            }

        await client.initialize()
        tools = await client.list_tools()
        await session.carry_out([tool.name for tool in tools.tools], call_tool)


Session(json.loads(sys.argv[1])).run(main)

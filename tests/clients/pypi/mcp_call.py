"""The official MCP client for Python, 2.x, pointed at the gateway: what a program with the SDK gets of the app.

python mcp_call.py <auto|legacy> <plan as JSON>

The plan is that of `tests/clients/mcp/call.mjs`, and so is what is printed.
"""

import json
import sys
from typing import Any

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult
from mcp_plan import OnProgress, Session

MODE = sys.argv[1]


def http_client(session: Session) -> httpx2.AsyncClient:
    """A client that has the plan's token, or gets one as the person."""
    timeout = httpx2.Timeout(30, read=300)
    plan, person = session.plan, session.person
    if person is None:
        return httpx2.AsyncClient(headers={"Authorization": f"Bearer {plan['token']}"}, timeout=timeout)

    async def callback() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**person.callback)

    auth = OAuthClientProvider(plan["url"], person.metadata, person, person.sign_in, callback)
    return httpx2.AsyncClient(auth=auth, timeout=timeout)


async def main(session: Session) -> None:
    """Lists the tools and makes the calls."""
    async with (
        http_client(session) as http,
        Client(streamable_http_client(session.plan["url"], http_client=http), mode=MODE) as client,
    ):

        async def call_tool(tool: str, arguments: dict, on_progress: OnProgress) -> dict[str, Any]:
            result = await client.call_tool(tool, arguments, progress_callback=on_progress)
            return {
                "content": [part.model_dump(mode="json", exclude_none=True) for part in result.content],
                "structuredContent": result.structured_content,
                "isError": bool(result.is_error),
            }

        tools = await client.list_tools()
        await session.carry_out([tool.name for tool in tools.tools], call_tool)


Session(json.loads(sys.argv[2])).run(main)

"""The official MCP client for Python, pointed at the gateway with a person's token.

python mcp_call.py <tool> <arguments as JSON>

Prints the tools and the result of the call, as JSON.
"""

import asyncio
import json
import os
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def main(tool: str, arguments: dict) -> None:
    """Lists the tools and calls one."""
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{os.environ['GATEWAY_URL']}/mcp", http_client=http)) as client,
    ):
        tools = await client.list_tools()
        result = await client.call_tool(tool, arguments)
        print(
            json.dumps(
                {
                    "tools": [tool.name for tool in tools.tools],
                    "content": [part.model_dump(mode="json", exclude_none=True) for part in result.content],
                    "structuredContent": result.structured_content,
                    "isError": bool(result.is_error),
                }
            )
        )


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))

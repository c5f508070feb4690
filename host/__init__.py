"""The Python side of the gateway: embeds `gateway.wasm` and moves bytes for it.

The module makes every decision. This package starts it, hands requests in, carries its exchanges over HTTP and gives
its responses to the SDK.
"""

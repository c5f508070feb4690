"""The Python side of the gateway: embeds `gateway.wasm` and moves bytes for it.

Every decision is the module's. What stands here starts it, hands requests in, carries its exchanges over HTTP and
gives its answers to the SDK.
"""

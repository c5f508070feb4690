from host.sdk.endpoint import endpoint

Fallback = endpoint("fallback")

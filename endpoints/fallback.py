from host.endpoint import endpoint

Fallback = endpoint("fallback")

from host.sdk.endpoint import endpoint

GetRoot = endpoint("get_root")

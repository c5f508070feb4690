from host.sdk.endpoint import endpoint

GetMeta = endpoint("get_meta")

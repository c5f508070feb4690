from host.sdk.endpoint import endpoint

GetInfo = endpoint("get_info")

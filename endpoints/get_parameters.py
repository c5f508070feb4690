from host.sdk.endpoint import endpoint

GetParameters = endpoint("get_parameters")

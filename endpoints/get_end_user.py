from host.sdk.endpoint import endpoint

GetEndUser = endpoint("get_end_user")

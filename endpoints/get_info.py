from host.endpoint import endpoint

GetInfo = endpoint("get_info")

from host.endpoint import endpoint

GetRoot = endpoint("get_root")

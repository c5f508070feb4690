from host.endpoint import endpoint

GetParameters = endpoint("get_parameters")

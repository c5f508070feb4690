from host.endpoint import endpoint

GetProtectedResourceMetadata = endpoint("get_protected_resource_metadata")

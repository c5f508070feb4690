from host.sdk.endpoint import endpoint

GetProtectedResourceMetadata = endpoint("get_protected_resource_metadata")

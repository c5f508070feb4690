from host.sdk.endpoint import endpoint

GetSite = endpoint("get_site")

from host.endpoint import endpoint

GetSite = endpoint("get_site")

from host.endpoint import endpoint

GetWhoami = endpoint("get_whoami")

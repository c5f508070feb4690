from host.sdk.endpoint import endpoint

GetWhoami = endpoint("get_whoami")

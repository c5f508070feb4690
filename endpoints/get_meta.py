from host.endpoint import endpoint

GetMeta = endpoint("get_meta")

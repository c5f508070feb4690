from host.sdk.endpoint import endpoint

GetHealth = endpoint("get_health")

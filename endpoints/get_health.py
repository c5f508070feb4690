from host.endpoint import endpoint

GetHealth = endpoint("get_health")

from host.endpoint import endpoint

GetMessages = endpoint("get_messages")

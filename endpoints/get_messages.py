from host.sdk.endpoint import endpoint

GetMessages = endpoint("get_messages")

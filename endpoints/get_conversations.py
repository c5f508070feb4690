from host.sdk.endpoint import endpoint

GetConversations = endpoint("get_conversations")

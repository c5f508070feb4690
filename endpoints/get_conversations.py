from host.endpoint import endpoint

GetConversations = endpoint("get_conversations")

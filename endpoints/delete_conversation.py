from host.endpoint import endpoint

DeleteConversation = endpoint("delete_conversation")

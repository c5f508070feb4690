from host.sdk.endpoint import endpoint

DeleteConversation = endpoint("delete_conversation")

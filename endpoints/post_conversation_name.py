from host.sdk.endpoint import endpoint

PostConversationName = endpoint("post_conversation_name")

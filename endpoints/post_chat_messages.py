from host.sdk.endpoint import endpoint

PostChatMessages = endpoint("post_chat_messages")

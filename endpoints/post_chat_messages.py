from host.endpoint import endpoint

PostChatMessages = endpoint("post_chat_messages")

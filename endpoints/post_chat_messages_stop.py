from host.sdk.endpoint import endpoint

PostChatMessagesStop = endpoint("post_chat_messages_stop")

from host.endpoint import endpoint

PostChatMessagesStop = endpoint("post_chat_messages_stop")

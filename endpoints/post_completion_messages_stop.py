from host.sdk.endpoint import endpoint

PostCompletionMessagesStop = endpoint("post_completion_messages_stop")

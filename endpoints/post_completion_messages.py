from host.sdk.endpoint import endpoint

PostCompletionMessages = endpoint("post_completion_messages")

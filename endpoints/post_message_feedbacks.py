from host.sdk.endpoint import endpoint

PostMessageFeedbacks = endpoint("post_message_feedbacks")

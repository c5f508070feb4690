from host.endpoint import endpoint

PostMessageFeedbacks = endpoint("post_message_feedbacks")

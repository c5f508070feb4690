from host.sdk.endpoint import endpoint

GetAppFeedbacks = endpoint("get_app_feedbacks")

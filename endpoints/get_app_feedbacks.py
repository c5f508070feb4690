from host.endpoint import endpoint

GetAppFeedbacks = endpoint("get_app_feedbacks")

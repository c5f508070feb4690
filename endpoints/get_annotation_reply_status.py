from host.sdk.endpoint import endpoint

GetAnnotationReplyStatus = endpoint("get_annotation_reply_status")

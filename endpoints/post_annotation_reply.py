from host.sdk.endpoint import endpoint

PostAnnotationReply = endpoint("post_annotation_reply")

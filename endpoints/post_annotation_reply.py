from host.endpoint import endpoint

PostAnnotationReply = endpoint("post_annotation_reply")

from host.sdk.endpoint import endpoint

PostAnnotation = endpoint("post_annotation")

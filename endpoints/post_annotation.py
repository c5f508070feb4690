from host.endpoint import endpoint

PostAnnotation = endpoint("post_annotation")

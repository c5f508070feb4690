from host.sdk.endpoint import endpoint

PutAnnotation = endpoint("put_annotation")

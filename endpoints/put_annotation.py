from host.endpoint import endpoint

PutAnnotation = endpoint("put_annotation")

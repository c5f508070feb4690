from host.sdk.endpoint import endpoint

DeleteAnnotation = endpoint("delete_annotation")

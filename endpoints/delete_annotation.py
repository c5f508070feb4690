from host.endpoint import endpoint

DeleteAnnotation = endpoint("delete_annotation")

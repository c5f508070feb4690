from host.endpoint import endpoint

GetAnnotations = endpoint("get_annotations")

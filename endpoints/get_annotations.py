from host.sdk.endpoint import endpoint

GetAnnotations = endpoint("get_annotations")

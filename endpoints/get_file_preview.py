from host.sdk.endpoint import endpoint

GetFilePreview = endpoint("get_file_preview")

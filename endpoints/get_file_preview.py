from host.endpoint import endpoint

GetFilePreview = endpoint("get_file_preview")

from host.sdk.endpoint import endpoint

PostFilesUpload = endpoint("post_files_upload")

from host.endpoint import endpoint

PostFilesUpload = endpoint("post_files_upload")

from host.endpoint import endpoint

PostTextToAudio = endpoint("post_text_to_audio")

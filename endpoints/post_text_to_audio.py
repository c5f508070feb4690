from host.sdk.endpoint import endpoint

PostTextToAudio = endpoint("post_text_to_audio")

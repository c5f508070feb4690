from host.sdk.endpoint import endpoint

PostAudioToText = endpoint("post_audio_to_text")

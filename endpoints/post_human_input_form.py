from host.sdk.endpoint import endpoint

PostHumanInputForm = endpoint("post_human_input_form")

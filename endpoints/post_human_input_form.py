from host.endpoint import endpoint

PostHumanInputForm = endpoint("post_human_input_form")

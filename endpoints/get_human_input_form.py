from host.sdk.endpoint import endpoint

GetHumanInputForm = endpoint("get_human_input_form")

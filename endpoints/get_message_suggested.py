from host.sdk.endpoint import endpoint

GetMessageSuggested = endpoint("get_message_suggested")

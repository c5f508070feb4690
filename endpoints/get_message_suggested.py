from host.endpoint import endpoint

GetMessageSuggested = endpoint("get_message_suggested")

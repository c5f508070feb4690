from host.sdk.endpoint import endpoint

GetConversationVariables = endpoint("get_conversation_variables")

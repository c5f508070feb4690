from host.endpoint import endpoint

GetConversationVariables = endpoint("get_conversation_variables")

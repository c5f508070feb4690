from host.endpoint import endpoint

PutConversationVariable = endpoint("put_conversation_variable")

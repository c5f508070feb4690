from host.sdk.endpoint import endpoint

PutConversationVariable = endpoint("put_conversation_variable")

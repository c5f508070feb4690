"""Uses Dify's own client for Python as an app does, with a token where the client expects the app's key.

GATEWAY_URL=… TOKEN=… python round_trip.py chat|completion

Prints what it got, one JSON object. It writes `mallory` wherever the client wants a user.
"""

import json
import os
import sys
from collections.abc import Callable

from dify_client import ChatClient, CompletionClient
from dify_client.client import DifyClient
from requests import Response

USER = "mallory"
INPUTS = {"q": "x"}


def signed_in[Client: DifyClient](client: Callable[[str], Client]) -> Client:
    """The client has no parameter for the address, only an attribute."""
    dify = client(os.environ["TOKEN"])
    dify.base_url = os.environ["GATEWAY_URL"]
    return dify


def answer(response: Response) -> str:
    """The text of a stream, whose `data:` lines are JSON."""
    lines = [line.removeprefix("data: ") for line in response.iter_lines(decode_unicode=True) if line]
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return "".join(event["answer"] for event in events if event["event"] == "message")


def chat() -> dict[str, object]:
    client = signed_in(ChatClient)
    parameters = client.get_application_parameters(USER).json()
    blocking = client.create_chat_message(INPUTS, "hi", USER).json()
    conversation = blocking["conversation_id"]
    streaming = client.create_chat_message(INPUTS, "again", USER, "streaming", conversation)
    uploaded = client.file_upload(USER, {"file": ("note.txt", b"bytes", "text/plain")}).json()
    return {
        "parameters": [entry["variable"] for field in parameters["user_input_form"] for entry in field.values()],
        "blocking": blocking["answer"],
        "streaming": answer(streaming),
        "conversations": [row["name"] for row in client.get_conversations(USER).json()["data"]],
        "messages": [row["query"] for row in client.get_conversation_messages(USER, conversation).json()["data"]],
        "renamed": client.rename_conversation(conversation, "My chat", USER).json()["name"],
        "feedback": client.message_feedback(blocking["message_id"], "like", USER).json()["result"],
        "uploaded": [uploaded["name"], uploaded["size"], uploaded["mime_type"]],
    }


def completion() -> dict[str, object]:
    client = signed_in(CompletionClient)
    return {
        "blocking": client.create_completion_message(INPUTS, "blocking", USER).json()["answer"],
        "streaming": answer(client.create_completion_message(INPUTS, "streaming", USER)),
    }


if __name__ == "__main__":
    print(json.dumps({"chat": chat, "completion": completion}[sys.argv[1]]()))

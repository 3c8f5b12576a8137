"""The only sender of events: every ending goes to the default bus, too, as no service sends any of a model's life."""

import json
from typing import TYPE_CHECKING

from model_lifecycle.endings.message import Message
from model_lifecycle.endings.outcome import EVENT_TYPES
from model_lifecycle.vocabulary.errors import ServiceRefusedError
from model_lifecycle.vocabulary.foreign import quoted, word
from model_lifecycle.vocabulary.wording import sentence

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


def send(message: Message, *, source: str, client: "EventBridgeClient") -> str:
    """PutEvents from that source, with the document as detail; the event's id.

    Raises ServiceRefusedError for an event that the bus did not take, botocore's ClientError and BotoCoreError.
    """
    detail_type = EVENT_TYPES[message.document["Outcome"]]
    [entry] = client.put_events(
        Entries=[{"Source": source, "DetailType": detail_type, "Detail": json.dumps(message.document)}]
    )["Entries"]
    if "EventId" not in entry:
        code, words = entry.get("ErrorCode", "Unknown"), entry.get("ErrorMessage", "")
        raise ServiceRefusedError(sentence(f"AWS answered PutEvents with {word(code)}: {quoted(words)}"))
    return entry["EventId"]

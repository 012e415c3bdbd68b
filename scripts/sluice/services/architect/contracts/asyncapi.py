"""The AsyncAPI 3.0 document of one service."""

from sluice.model.base import JsonObject
from sluice.model.hints import EXTENSION
from sluice.services.architect.contracts import effects, payloads
from sluice.services.architect.contracts.bodies import View
from sluice.services.architect.reading.draft import EventDraft


def document(view: View) -> JsonObject | None:
    """The events that the service sends and receives; None when there are none."""
    sent = [e for e in view.draft.events.values() if e.publisher == view.service]
    received = [e for e in view.draft.events.values() if view.service in e.consumers]
    if not sent and not received:
        return None
    channels: JsonObject = {}
    messages: JsonObject = {}
    schemas: JsonObject = {}
    for event in view.draft.events.values():
        if event in sent or event in received:
            channels[event.name] = {
                "address": f"events.{event.name}",
                "messages": {event.name: {"$ref": f"#/components/messages/{event.name}"}},
            }
            messages[event.name] = _message(view, event)
            schemas[event.name] = payloads.payload(view.draft, event)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": view.service, "version": "1.0.0", "description": f"Events of {view.service}."},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": _operations(view, sent, received),
        "components": {"messages": messages, "schemas": schemas},
    }


def _message(view: View, event: EventDraft) -> JsonObject:
    return {
        "name": event.name,
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{event.name}"},
        "examples": [{"name": event.name, "payload": payloads.example(view.draft, event)}],
    }


def _operations(view: View, sent: list[EventDraft], received: list[EventDraft]) -> JsonObject:
    found: JsonObject = {}
    for event in sent:
        publish = effects.publish(view, event).model_dump(mode="json", exclude_defaults=True)
        found[f"publish{event.name}"] = {**_operation(event, "send"), EXTENSION: publish}
    for event in received:
        consume = effects.consume(view, event).model_dump(mode="json", exclude_defaults=True)
        found[f"on{event.name}"] = {**_operation(event, "receive"), EXTENSION: consume}
    return found


def _operation(event: EventDraft, action: str) -> JsonObject:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{event.name}"},
        "messages": [{"$ref": f"#/channels/{event.name}/messages/{event.name}"}],
    }

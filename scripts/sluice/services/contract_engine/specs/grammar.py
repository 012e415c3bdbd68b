"""Which objects a specification is made of: for each kind of object, what its keys lead to.

`one` leads to an object of a kind, `many` to a map of names to such objects, `row` to a list of them; `*` is any key
that is no extension.  What stands under other keys (examples, defaults, extensions) is data and never walked.
"""

from typing import Final

Shape = tuple[str, str]
Fields = dict[str, Shape]
Grammar = dict[str, Fields]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def _one(kind: str, *keys: str) -> Fields:
    return dict.fromkeys(keys, ("one", kind))


def _many(kind: str, *keys: str) -> Fields:
    return dict.fromkeys(keys, ("many", kind))


def _row(kind: str, *keys: str) -> Fields:
    return dict.fromkeys(keys, ("row", kind))


_OLD_SCHEMA: Final[Fields] = {
    **_many("schema", "properties"),
    **_one("schema", "items", "additionalProperties", "not"),
    **_row("schema", "allOf", "anyOf", "oneOf"),
}
_NEW_SCHEMA: Final[Fields] = {
    **_OLD_SCHEMA,
    **_many("schema", "patternProperties", "$defs", "definitions", "dependentSchemas"),
    **_one("schema", "contains", "propertyNames", "if", "then", "else", "contentSchema", "additionalItems"),
    **_one("schema", "unevaluatedItems", "unevaluatedProperties"),
    **_row("schema", "prefixItems"),
}
SWAGGER: Final[Grammar] = {
    "root": {
        **_one("paths", "paths"),
        **_many("schema", "definitions"),
        **_many("parameter", "parameters"),
        **_many("response", "responses"),
        **_many("securityScheme", "securityDefinitions"),
    },
    "paths": _one("pathItem", "*"),
    "pathItem": {**_one("operation", *METHODS[:-1]), **_row("parameter", "parameters")},
    "operation": {**_row("parameter", "parameters"), **_one("responses", "responses")},
    "responses": _one("response", "*"),
    "response": {**_one("schema", "schema"), **_many("header", "headers")},
    "parameter": _one("schema", "schema"),
    "header": {},
    "schema": _OLD_SCHEMA,
    "securityScheme": {},
}
OPENAPI: Final[Grammar] = {
    "root": {
        **_one("paths", "paths"),
        **_one("components", "components"),
        **_many("pathItem", "webhooks"),
        **_row("server", "servers"),
    },
    "paths": _one("pathItem", "*"),
    "pathItem": {
        **_one("operation", *METHODS, "query"),
        **_many("operation", "additionalOperations"),
        **_row("parameter", "parameters"),
        **_row("server", "servers"),
    },
    "operation": {
        **_row("parameter", "parameters"),
        **_one("requestBody", "requestBody"),
        **_one("responses", "responses"),
        **_many("callback", "callbacks"),
        **_row("server", "servers"),
    },
    "responses": _one("response", "*"),
    "response": {**_many("header", "headers"), **_many("mediaType", "content"), **_many("link", "links")},
    "requestBody": _many("mediaType", "content"),
    "mediaType": {
        **_one("schema", "schema", "itemSchema"),
        **_many("example", "examples"),
        **_many("encoding", "encoding"),
        **_row("encoding", "prefixEncoding"),
        **_one("encoding", "itemEncoding"),
    },
    "encoding": {**_many("header", "headers"), **_many("encoding", "encoding")},
    "parameter": {**_one("schema", "schema"), **_many("mediaType", "content"), **_many("example", "examples")},
    "header": {**_one("schema", "schema"), **_many("mediaType", "content"), **_many("example", "examples")},
    "callback": _one("pathItem", "*"),
    "link": _one("server", "server"),
    "server": {},
    "example": {},
    "securityScheme": {},
    "components": {
        **_many("schema", "schemas"),
        **_many("response", "responses"),
        **_many("parameter", "parameters"),
        **_many("example", "examples"),
        **_many("requestBody", "requestBodies"),
        **_many("header", "headers"),
        **_many("securityScheme", "securitySchemes"),
        **_many("link", "links"),
        **_many("callback", "callbacks"),
        **_many("pathItem", "pathItems"),
        **_many("mediaType", "mediaTypes"),
    },
    "schema": _NEW_SCHEMA,
}
OPENAPI_3_0: Final[Grammar] = {**OPENAPI, "schema": _OLD_SCHEMA}
_ASYNC_SHARED: Final[Grammar] = {
    "schema": _NEW_SCHEMA,
    "parameter": _one("schema", "schema"),
    "messageTrait": _one("schema", "headers"),
    "server": {},
    "securityScheme": {},
    "correlationId": {},
    "operationTrait": {},
}
_ASYNC_COMPONENTS: Final[Fields] = {
    **_many("schema", "schemas"),
    **_many("server", "servers"),
    **_many("channel", "channels"),
    **_many("message", "messages"),
    **_many("securityScheme", "securitySchemes"),
    **_many("parameter", "parameters"),
    **_many("correlationId", "correlationIds"),
    **_many("operationTrait", "operationTraits"),
    **_many("messageTrait", "messageTraits"),
}
ASYNCAPI_2: Final[Grammar] = {
    **_ASYNC_SHARED,
    "root": {
        **_many("server", "servers"),
        **_many("channel", "channels"),
        **_one("components", "components"),
    },
    "components": _ASYNC_COMPONENTS,
    "channel": {**_many("parameter", "parameters"), **_one("operation", "publish", "subscribe")},
    "operation": {**_one("message", "message"), **_row("operationTrait", "traits")},
    "message": {
        **_row("message", "oneOf"),
        **_one("schema", "headers", "payload"),
        **_one("correlationId", "correlationId"),
        **_row("messageTrait", "traits"),
    },
}
ASYNCAPI_3: Final[Grammar] = {
    **_ASYNC_SHARED,
    "root": {
        **_many("server", "servers"),
        **_many("channel", "channels"),
        **_many("operation", "operations"),
        **_one("components", "components"),
    },
    "components": {
        **_ASYNC_COMPONENTS,
        **_many("operation", "operations"),
        **_many("operationReply", "replies"),
        **_many("replyAddress", "replyAddresses"),
    },
    "channel": {**_many("message", "messages"), **_row("server", "servers"), **_many("parameter", "parameters")},
    "operation": {
        **_one("channel", "channel"),
        **_row("message", "messages"),
        **_one("operationReply", "reply"),
        **_row("operationTrait", "traits"),
        **_row("securityScheme", "security"),
    },
    "operationReply": {**_one("channel", "channel"), **_row("message", "messages"), **_one("replyAddress", "address")},
    "replyAddress": {},
    "message": {
        **_one("schema", "headers", "payload"),
        **_one("correlationId", "correlationId"),
        **_row("messageTrait", "traits"),
    },
}
# These have no `$ref` of their own: there, the key is a name like any other.
NAME_MAPS: Final = frozenset({"root", "paths", "responses", "components", "callback"})

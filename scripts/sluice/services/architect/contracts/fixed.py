"""Schemas that are the same in every contract."""

from sluice.model.base import JsonObject
from sluice.services.architect.contracts.schemas import NO_NUL

ERROR: JsonObject = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
VALIDATION_ERROR: JsonObject = {
    "type": "object",
    "properties": {
        "detail": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "msg": {"type": "string"},
                    "type": {"type": "string"},
                },
                "required": ["loc", "msg", "type"],
            },
        }
    },
    "required": ["detail"],
}
TOKENS: JsonObject = {
    "type": "object",
    "properties": {
        "access_token": {"type": "string", "minLength": 1},
        "refresh_token": {"type": "string", "minLength": 1},
        "token_type": {"type": "string", "enum": ["bearer"]},
        "expires_in": {"type": "integer", "minimum": 1, "description": "Seconds until the access token expires."},
    },
    "required": ["access_token", "refresh_token", "token_type", "expires_in"],
}
REFRESH: JsonObject = {
    "type": "object",
    "properties": {"refresh_token": {"type": "string", "minLength": 1, "maxLength": 4096, "pattern": NO_NUL}},
    "required": ["refresh_token"],
}

"""OpenAPI 3.0's `nullable`, said in JSON Schema."""

from pydantic import JsonValue


def without_nullable(node: JsonValue) -> JsonValue:
    """The same with `nullable: true` turned into `null` among the types and values; untouched parts are shared."""
    if isinstance(node, list):
        items = [without_nullable(item) for item in node]
        return items if any(new is not old for new, old in zip(items, node, strict=True)) else node
    if not isinstance(node, dict):
        return node
    changed = {key: new for key, value in node.items() if (new := without_nullable(value)) is not value}
    if node.get("nullable") is True:
        if isinstance(node.get("type"), str):
            changed["type"] = [node["type"], "null"]
        if isinstance(allowed := node.get("enum"), list):
            changed["enum"] = [*allowed, None]
    return {**node, **changed} if changed else node

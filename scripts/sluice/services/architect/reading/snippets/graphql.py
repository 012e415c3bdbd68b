"""GraphQL schemas: object types are entities; what is only asked or sent is none."""

from graphql import GraphQLError, ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode, parse
from graphql.language import EnumTypeDefinitionNode, FieldDefinitionNode, ObjectTypeDefinitionNode

from sluice.model.domain import EntityField
from sluice.services.architect.reading import fields, names
from sluice.services.architect.reading.snippets.snippet import Noun, Snippet

_ROOTS = frozenset({"Query", "Mutation", "Subscription", "PageInfo"})
_SCALARS = {
    "ID": "uuid", "String": "string", "Int": "integer", "Float": "number", "Boolean": "boolean", "DateTime": "datetime",
    "Date": "date", "Time": "string", "URL": "uri", "JSON": "object", "UUID": "uuid", "Decimal": "number",
    "BigInt": "integer", "Email": "email", "EmailAddress": "email", "Timestamp": "datetime", "Long": "integer",
}  # fmt: skip
MAX_TOKENS = 100_000


def read(found: Snippet, text: str, first: int) -> None:
    """Adds the object types of a schema; one that does not parse says nothing."""
    try:
        document = parse(text, max_tokens=MAX_TOKENS)
    except (GraphQLError, RecursionError):
        return
    enums = {
        node.name.value: tuple(value.name.value for value in node.values or ())
        for node in document.definitions
        if isinstance(node, EnumTypeDefinitionNode)
    }
    objects = [n for n in document.definitions if isinstance(n, ObjectTypeDefinitionNode) and _stands_alone(n)]
    known = {node.name.value for node in objects}
    for node in objects:
        line = first + (node.loc.start_token.line - 1 if node.loc else 0)
        noun = Noun(node.name.value, line)
        for one in node.fields or ():
            noun.fields.extend(_field(one, enums, known))
        found.nouns.append(noun)


def _stands_alone(node: ObjectTypeDefinitionNode) -> bool:
    return node.name.value not in _ROOTS and not node.name.value.endswith(("Connection", "Edge", "Payload"))


def _field(node: FieldDefinitionNode, enums: dict[str, tuple[str, ...]], known: set[str]) -> list[EntityField]:
    """None for the other side of a relation, else the one field; an object becomes the key of it."""
    kind, required, is_list = _unwrapped(node.type)
    name = node.name.value
    if kind in known:
        made = fields.parse(f"{name}_id", "uuid", f"references {names.entity_name(kind)}", required=required)
        return [made] if made and not is_list else []
    if kind in enums:
        made = fields.parse(name, "string", f"one of {', '.join(enums[kind])}", required=required)
    else:
        scalar = _SCALARS.get(kind, "string")
        made = fields.parse(name, f"array of {scalar}" if is_list else scalar, required=required)
    return [made] if made else []


def _unwrapped(node: TypeNode) -> tuple[str, bool, bool]:
    required = isinstance(node, NonNullTypeNode)
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    if isinstance(inner, ListTypeNode):
        return _unwrapped(inner.type)[0], required, True
    return (inner.name.value if isinstance(inner, NamedTypeNode) else ""), required, False

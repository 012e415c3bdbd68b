"""Fields of response models: pydantic, dataclasses, TypedDict, SQLModel, with inheritance and aliases."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from sluice.phases.gate.reading.python import Function, Project, PyFile

_WRAPPERS = frozenset({"list", "List", "Sequence", "Iterable", "Optional", "Annotated", "tuple", "set", "Set", "Tuple"})
_MAX_DEPTH = 12
_ALIASES = ("serialization_alias", "alias")


@dataclass(frozen=True, eq=False)
class FieldOf:
    """One field as it appears in JSON; `annotation` leads to nested models."""

    name: str
    file: PyFile
    node: ast.stmt
    owner: ast.ClassDef
    annotation: ast.expr | None


def models_of(
    project: Project, file: PyFile, node: ast.AST | None, depth: int = 0
) -> list[tuple[PyFile, ast.ClassDef]]:
    """Classes of the tree in an annotation: `X`, `list[X]`, `X | None`, `Page[X]`, `"X"`."""
    if isinstance(node, ast.Constant):
        node = unquoted(node)
    if node is None or depth > _MAX_DEPTH:
        return []
    if isinstance(node, ast.BinOp):
        return [*models_of(project, file, node.left, depth + 1), *models_of(project, file, node.right, depth + 1)]
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        last = file.dotted(node.value).rpartition(".")[2]
        if last in _WRAPPERS or last == "Union":
            wanted = inner[:1] if last == "Annotated" else inner
            return [found for part in wanted for found in models_of(project, file, part, depth + 1)]
        return models_of(project, file, node.value, depth + 1)
    found = project.definition(file, node)
    if found and isinstance(found[1], ast.ClassDef):
        return [(found[0], found[1])]
    return models_of(project, *found, depth + 1) if found and isinstance(found[1], ast.Subscript | ast.BinOp) else []


def unquoted(node: ast.Constant) -> ast.expr | None:
    """The annotation in quotes, None when it is none."""
    try:
        return ast.parse(node.value, mode="eval").body if isinstance(node.value, str) else None
    except SyntaxError:
        return None


def fields_of(project: Project, file: PyFile, node: ast.ClassDef) -> list[FieldOf]:
    """Own and inherited fields by their name in JSON; private, excluded and class-level ones left out."""
    family = [(file, node), *(base for base in project.bases(file, node) if not isinstance(base, str))]
    camel = any(_has_alias_generator(cls) for _, cls in family)
    found: dict[str, FieldOf] = {}
    for where, cls in family:
        for statement in cls.body:
            for field in _field(where, cls, statement, camel=camel):
                found.setdefault(field.name, field)
    return list(found.values())


def _has_alias_generator(node: ast.ClassDef) -> bool:
    return any(isinstance(part, ast.keyword) and part.arg == "alias_generator" for part in ast.walk(node))


def _field(file: PyFile, owner: ast.ClassDef, node: ast.stmt, *, camel: bool) -> Iterator[FieldOf]:
    if isinstance(node, Function):
        if any(
            file.dotted(d.func if isinstance(d, ast.Call) else d).endswith("computed_field")
            for d in node.decorator_list
        ):
            yield FieldOf(node.name, file, node, owner, node.returns)
        return
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        return
    name = node.target.id
    if name.startswith("_") or name == "model_config" or "ClassVar" in ast.unparse(node.annotation):
        return
    calls = [part for part in (node.value, *_metadata(node.annotation)) if isinstance(part, ast.Call)]
    options = {k.arg: k.value for call in calls for k in call.keywords if k.arg}
    excluded = options.get("exclude")
    if isinstance(excluded, ast.Constant) and excluded.value is True:
        return
    alias = next((options[key] for key in _ALIASES if key in options), None)
    if isinstance(alias, ast.Constant) and isinstance(alias.value, str):
        name = alias.value
    elif camel:
        head, *tail = name.split("_")
        name = head + "".join(word.title() for word in tail)
    yield FieldOf(name, file, node, owner, node.annotation)


def _metadata(annotation: ast.expr) -> list[ast.expr]:
    inner = annotation.slice if isinstance(annotation, ast.Subscript) else None
    return list(inner.elts) if isinstance(inner, ast.Tuple) else []

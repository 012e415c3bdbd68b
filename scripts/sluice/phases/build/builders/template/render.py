"""Renders a plan into the files of a service."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sluice.core.environment import child_environment
from sluice.core.files import inside, source_files, write_atomic
from sluice.core.proc import run
from sluice.model.base import JsonObject
from sluice.phases.build.builders.template import behaviour, event_scenes, pins, scenes, source, tests
from sluice.phases.build.builders.template.annotations import FORMATS
from sluice.phases.build.builders.template.names import docstring, sentence
from sluice.phases.build.builders.template.plan import Plan
from sluice.phases.build.builders.template.shapes import as_object

_TEMPLATES = Path(__file__).parent / "templates"
_TYPES = sorted({
    *FORMATS.values(), "JsonInt", "JsonNumber", "JsonBool", "TextInt", "TextNumber", "TextBool",
    "Matches", "OneOf", "TextMatches", "UniqueItems", "JsonValue", "Omittable", "as_json",
})  # fmt: skip
_ALWAYS = (
    "app/__init__.py", "app/main.py", "app/application.py", "app/settings.py", "app/database.py", "app/models.py",
    "app/schemas.py", "app/errors.py", "app/logs.py", "app/routers/__init__.py", "app/routers/health.py",
    "migrations/env.py", "migrations/script.py.mako", "migrations/versions/0001_initial.py",
    "tests/__init__.py", "tests/conftest.py", "tests/factories.py", "tests/test_health.py", "tests/test_migrations.py",
    "alembic.ini", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "Dockerfile", ".dockerignore",
    "README.md",
)  # fmt: skip


def render(plan: Plan, openapi: JsonObject) -> dict[str, str]:
    """Texts by path, relative to the service's directory."""
    environment = _environment(plan, openapi)
    texts: dict[str, str] = {}
    router = environment.get_template("app/routers/router.py.j2")
    suite = environment.get_template("tests/test_group.py.j2")
    for group in plan.groups:
        texts[f"app/routers/{group.name}.py"] = _compact(router.render(group=group))
        texts[f"tests/test_{group.name}.py"] = re.sub(r"(?<= -> None:\n)\s*\n", "", suite.render(group=group))
    # After the tests: the README names what they could not cover.
    texts |= {path: environment.get_template(f"{path}.j2").render() for path in _files(plan)}
    everything = "\n".join(text for path, text in texts.items() if path.startswith("app/"))
    body = _without_imports(everything)
    types = environment.get_template("app/types.py.j2")
    texts["app/types.py"] = types.render(used=lambda name: re.search(rf"\b{name}\b", body) is not None)
    return texts


def _compact(text: str) -> str:
    """Without the blank lines inside functions that macros leave."""
    return re.sub(r"\n\s*\n(?=    )", "\n", text)


def _without_imports(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("from app.types import"))


def _files(plan: Plan) -> Iterator[str]:
    yield from _ALWAYS
    if plan.secured or plan.issuer:
        yield from ("app/security.py", "tests/test_security.py")
    if plan.issuer:
        yield "app/passwords.py"
    if plan.events:
        names = ("__init__", "payloads", "streams", "worker")
        yield from (f"app/events/{name}.py" for name in names)
        yield "tests/test_events.py"
    if plan.published:
        yield "app/events/relay.py"
    if plan.consumed:
        yield from ("app/events/handlers.py", "app/events/consumer.py")


def _environment(plan: Plan, openapi: JsonObject) -> Environment:
    # The output is Python, checked afterwards by a formatter; values enter through `repr` or as identifiers.
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  the output is no HTML
    )
    environment.filters.update(repr=repr, sentence=sentence, docstring=docstring)
    environment.globals.update(_facts(plan, openapi))
    environment.globals.update(_helpers(plan))
    return environment


def _facts(plan: Plan, openapi: JsonObject) -> dict[str, Any]:
    health = as_object(as_object(as_object(openapi.get("paths")).get("/health")).get("get"))
    schemes = as_object(as_object(openapi.get("components")).get("securitySchemes"))
    defaults = " ".join(c.default + source.column_arguments(e, c) for e in plan.entities for c in e.columns)
    effects = " ".join(text for item in plan.consumed for _, text in item.values)
    finds = any(op.kind in {"read", "me", "update", "replace", "delete", "action"} for op in plan.operations)
    finds = finds or any(behaviour.references(op) or behaviour.parent_references(op) for op in plan.operations)
    return {
        "plan": plan,
        "health": {
            "id": str(health.get("operationId") or "getHealth"),
            "summary": sentence(health.get("summary")) or "Whether the service can work",
        },
        "scheme": next(iter(schemes), "bearerAuth"),
        "sources": f"{defaults} {effects}",
        "type_names": _TYPES,
        "uses_find": finds,
        "bounded": any(source.bounds(op) for op in plan.operations),
        "ordered": source.parents_first(plan),
        "overlaps": any(source.overlaps(group) for group in plan.groups),
        "caller_type": plan.account.key.python if plan.account else source.owner_type(plan.entities),
        "token_type": _token_type(plan),
        "runtime": pins.runtime(tokens=plan.secured or plan.issuer, passwords=plan.issuer, events=plan.events),
        "development": pins.development(),
    }


def _token_type(plan: Plan) -> str:
    for op in plan.operations:
        if op.kind in {"login", "refresh"} and op.response_shape:
            prop = op.response_shape.properties().get("token_type")
            if prop and prop.enum:
                return str(prop.enum[0])
    return "bearer"


def _helpers(plan: Plan) -> dict[str, Callable[..., Any]]:
    events = [item.event for item in plan.published] + [item.event for item in plan.consumed]
    by_class = {event.cls: event for event in events}
    return {
        "qualified": lambda annotation: source.qualified(annotation, plan),
        "aliased": lambda classes: any(f.name != f.wire for made in classes for f in made.fields),
        "event_of": lambda made: by_class.get(made.name),
        **{name: getattr(source, name) for name in (
            "bounds", "column_arguments", "folded", "product", "parameter_name", "parameter_annotation", "uses_body",
            "needs_passwords", "action_fields", "returns", "paging", "ordering", "summary_values", "summary_columns",
            "uses_event", "token_field", "on_delete", "indexed",
        )},
        **{name: getattr(behaviour, name) for name in (
            "owned", "visible", "uses_caller", "references", "parent_references", "assignments", "changed",
            "constants", "own_parents", "secret_field", "identity", "documented",
        )},
        "overlaps_of": source.overlaps,
        "tests": tests.Tests(plan),
        "event_sample": event_scenes.event_sample,
        "event_fields": event_scenes.event_fields,
        **{name: getattr(scenes, name) for name in ("call", "joined", "names", "needed", "tidy")},
        "migration_type": source.migration_type,
    }  # fmt: skip


def write(texts: dict[str, str], directory: Path) -> list[str]:
    """Write the files, let ruff remove unused imports and format; returns their paths.

    Raises:
        ProcessFailed: what was generated is not valid Python.
    """
    for path, text in sorted(texts.items()):
        write_atomic(inside(directory, path), text)
    environment = child_environment({"RUFF_NO_CACHE": "true"})
    for command in (
        ["check", "--fix", "--quiet", "--select", "F401,F811,F821,I001"],
        ["format", "--quiet"],
    ):
        argv = [sys.executable, "-m", "ruff", *command, "--config", str(directory / "pyproject.toml"), str(directory)]
        run(argv, cwd=directory, env=environment).check(hint="this is a fault of the template builder")
    return [path.relative_to(directory).as_posix() for path in source_files(directory)]

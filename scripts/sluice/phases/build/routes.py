"""The operations that the built application has, against those of the registered contract."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from sluice.model.base import JsonObject
from sluice.phases.build.job import BuildJob
from sluice.phases.build.suite import last_line, run_measured
from sluice.phases.build.text import some

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_MAX_BYTES = 16 * 1024 * 1024
_SECONDS = 60.0
_DUMP = """
import json, pathlib, sys
for path in sorted(pathlib.Path().rglob("*.py")):
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        sys.exit(f"{path} does not compile: {error}")
from app.main import app
pathlib.Path(sys.argv[1]).write_text(json.dumps(app.openapi()), encoding="utf-8")
"""


def built_openapi(
    job: BuildJob, tree: Path, python: Path, variables: dict[str, str], dump: Path
) -> tuple[JsonObject | None, str]:
    """The application's own OpenAPI document, or None and why; it is imported in a process of its own."""
    own = {
        "SERVICE_NAME": job.service,
        "JWT_SECRET": secrets.token_urlsafe(32),
        "DATABASE_URL": variables.get("TEST_DATABASE_URL", "sqlite://"),
        **({"REDIS_URL": variables["TEST_REDIS_URL"]} if "TEST_REDIS_URL" in variables else {}),
    }
    completed = run_measured(job, [str(python), "-c", _DUMP, str(dump)], tree, own, _SECONDS)
    if completed.exceeded:
        return None, f"app.main:app does not import within {_SECONDS:g} s"
    if completed.code:
        return None, f"app.main:app cannot be imported: {last_line(completed)}"
    try:
        document = json.loads(dump.read_bytes()) if dump.stat().st_size <= _MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        document = None
    return (document, "") if isinstance(document, dict) else (None, "app.main:app gives no OpenAPI document")


def differences(contract: JsonObject, built: JsonObject) -> list[str]:
    """Operations of the contract that are missing, or lack a documented success status, as sentences."""
    there = {(method, _shape(path)): statuses for method, path, statuses in operations(built)}
    missing, poor = list[str](), list[str]()
    for method, path, statuses in operations(contract):
        found = there.get((method, _shape(path)))
        name = f"{method.upper()} {path}"
        if found is None:
            missing.append(name)
        elif lacking := sorted(status for status in statuses - found if status.startswith("2")):
            poor.append(f"{name} ({', '.join(lacking)})")
    return [
        *([f"operations of the contract are missing: {some(missing)}"] if missing else []),
        *([f"operations lack their documented success status: {some(poor)}"] if poor else []),
    ]


def operations(document: JsonObject) -> Iterator[tuple[str, str, set[str]]]:
    """Method, path and documented statuses of each operation."""
    for path, item in _object(document.get("paths")).items():
        for method, operation in _object(item).items():
            if method in METHODS:
                yield method, path, set(_object(_object(operation).get("responses")))


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _shape(path: str) -> str:
    """The path without the names of its parameters, which only documentation shows."""
    return re.sub(r"\{[^}]*\}", "{}", path)

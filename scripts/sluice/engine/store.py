"""Artifacts on disk: atomic, with a schema version and the digests of what they came from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from sluice.core.files import canonical_json, digest, write_atomic
from sluice.core.paths import RunPaths
from sluice.engine.phase import A
from sluice.model.base import Artifact, JsonObject, Model

_MAX_CHANGES = 4


class Envelope(Model):
    """An artifact file; `changed` names what differed from the version that it replaced."""

    artifact: str
    schema_version: int
    digest: str
    inputs: dict[str, str]
    changed: tuple[str, ...] = ()
    body: JsonObject


@dataclass(frozen=True)
class Store:
    """The artifacts of one run."""

    paths: RunPaths

    def save(self, artifact: Artifact, inputs: Mapping[str, str]) -> str:
        """Write an artifact and return its digest."""
        body = artifact.model_dump(mode="json")
        name = type(artifact).__name__
        before = self._envelope(type(artifact))
        envelope = Envelope(
            artifact=name,
            schema_version=artifact.SCHEMA_VERSION,
            digest=digest(canonical_json(body)),
            inputs=dict(inputs),
            changed=tuple(differences(before.body, body)[:_MAX_CHANGES]) if before else (),
            body=body,
        )
        if before is None or before.digest != envelope.digest or before.inputs != envelope.inputs:
            write_atomic(self.paths.artifacts / f"{name}.json", envelope.model_dump_json(indent=1))
        return envelope.digest

    def load(self, kind: type[A]) -> A | None:
        """The artifact of this class; None when it is missing, damaged or of another schema version."""
        envelope = self._envelope(kind)
        if envelope is None:
            return None
        try:
            return kind.model_validate_json(json.dumps(envelope.body))
        except ValidationError:
            return None

    def digest_of(self, kind: type[Artifact]) -> str | None:
        """The digest of a stored artifact, None when it cannot be loaded."""
        envelope = self._envelope(kind)
        return envelope.digest if envelope else None

    def changed(self, kind: type[Artifact]) -> tuple[str, ...]:
        """What the last save of this artifact changed."""
        envelope = self._envelope(kind)
        return envelope.changed if envelope else ()

    def _envelope(self, kind: type[Artifact]) -> Envelope | None:
        path = self.paths.artifacts / f"{kind.__name__}.json"
        try:
            envelope = Envelope.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        intact = envelope.digest == digest(canonical_json(envelope.body))
        return envelope if intact and envelope.schema_version == kind.SCHEMA_VERSION else None


def differences(before: JsonValue, after: JsonValue, at: str = "") -> list[str]:
    """Dotted paths (list items by their `name` or `service`) at which two JSON values differ, shallowest first."""
    if before == after:
        return []
    old, new = _children(before), _children(after)
    if old is None or new is None:
        return [at or "everything"]
    found: list[str] = []
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            found += _below(old.get(key), new.get(key), f"{at}.{key}".strip("."))
    return found


def _below(before: JsonValue, after: JsonValue, at: str) -> list[str]:
    deep = at.count(".") < 2 and _children(before) is not None and _children(after) is not None  # noqa: PLR2004 - readable depth
    return differences(before, after, at) if deep else [at]


def _children(value: JsonValue) -> dict[str, JsonValue] | None:
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and all(_label(item) for item in value):
        return {_label(item): item for item in value}
    return None


def _label(item: JsonValue) -> str:
    names: Sequence[JsonValue] = [item.get("name"), item.get("service")] if isinstance(item, dict) else []
    return next((name for name in names if isinstance(name, str)), "")

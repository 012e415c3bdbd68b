"""Changes that were agreed on: each with a reason and an end, or it does not count.

A file of ignores is `{ignores: [{rule, path, method, pointer, reason, until}]}`; `rule`, `reason`, `until` (a date) and
one of `path` and `pointer` are needed, and what is left out matches everything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sluice.core.errors import InputError
from sluice.model.base import JsonObject
from sluice.services.contract_engine.changes.change import Change
from sluice.services.contract_engine.changes.rules import RULES

_PARAMETER = re.compile(r"\{[^{}]*\}")
_KEYS = ("rule", "method", "path", "pointer", "reason", "until")


@dataclass(frozen=True, kw_only=True)
class Ignore:
    """One agreement."""

    rule: str = ""
    method: str = ""
    path: str = ""
    pointer: str = ""
    reason: str = ""
    until: str = ""

    def problem(self, today: str) -> str:
        """Why it does not count, '' when it does."""
        if self.rule not in RULES:
            return f"there is no rule {self.rule!r}"
        if not self.reason.strip():
            return "it has no reason"
        if not (self.path or self.pointer):
            return "it names neither a path nor a pointer"
        try:
            ended = date.fromisoformat(self.until)
        except ValueError:
            return f"until must be a date such as 2030-12-31, not {self.until!r}"
        return f"it ended on {ended}" if ended.isoformat() < today else ""

    def covers(self, change: Change) -> bool:
        """Whether the change is the one that was agreed on."""
        places = {_shape(change.path), _shape(change.old_path)}
        return (
            self.rule == change.rule
            and self.method.upper() in {"", change.method}
            and (not self.path or _shape(self.path) in places)
            and (not self.pointer or change.pointer == self.pointer or change.pointer.startswith(f"{self.pointer}/"))
        )


def ignores_in(value: JsonObject) -> list[Ignore]:
    """Ignores as a file gives them.

    Raises:
        InputError: it is no such file.
    """
    listed = value.get("ignores")
    hint = f"write `ignores:` and below it entries with {', '.join(_KEYS)}"
    if not isinstance(listed, list):
        raise InputError("the ignores cannot be read: there is no list `ignores`", hint=hint)
    found = []
    for number, entry in enumerate(listed, 1):
        if not isinstance(entry, dict) or entry.keys() - set(_KEYS):
            extra = ", ".join(sorted(entry.keys() - set(_KEYS))) if isinstance(entry, dict) else "no keys"
            raise InputError(f"ignore {number} cannot be read: it has {extra}", hint=hint)
        found.append(Ignore(**{key: str(text) for key, text in entry.items() if text is not None}))
    return found


def notes(ignores: Sequence[Ignore], today: str, changes: Sequence[Change]) -> list[str]:
    """Which ignores do not count, and which have nothing left to ignore."""
    found = []
    for number, ignore in enumerate(ignores, 1):
        name = f"ignore {number} ({ignore.rule} {ignore.path or ignore.pointer})"
        if problem := ignore.problem(today):
            found.append(f"{name} does not count: {problem}")
        elif not any(ignore.covers(change) for change in changes):
            found.append(f"{name} matches nothing and can go")
    return found


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)

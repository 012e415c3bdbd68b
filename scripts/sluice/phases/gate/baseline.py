"""Findings that an old repository is known to have: they are shown, only new ones block.

The file is JSON: `{"version": 1, "findings": [{"fingerprint", "check", "path", "message"}]}`; only fingerprints count,
the rest is for the people who review it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from sluice.core.errors import InputError
from sluice.core.files import write_atomic
from sluice.model.base import Model
from sluice.model.finding import Finding


class Known(Model):
    """One known finding."""

    fingerprint: str
    check: str = ""
    path: str = ""
    message: str = ""


class Baseline(Model):
    """The file."""

    version: Literal[1] = 1
    findings: tuple[Known, ...] = ()


def read(path: Path) -> frozenset[str]:
    """The known fingerprints.

    Raises:
        InputError: no such file, or not a baseline.
    """
    try:
        given = Baseline.model_validate_json(path.read_bytes())
    except OSError as error:
        hint = "make it with `invoke gate PATH --write-baseline FILE`"
        raise InputError(f"cannot read the baseline {path}: {error.strerror}", hint=hint) from error
    except ValidationError as error:
        where = [f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()[:5]]
        raise InputError(f"{path} is not a baseline", details=where) from error
    return frozenset(known.fingerprint for known in given.findings)


def write(path: Path, findings: Sequence[Finding]) -> None:
    """Keep these findings as known."""
    known = (Known(fingerprint=f.fingerprint, check=f.check, path=f.path, message=f.message) for f in findings)
    made = Baseline(findings=tuple(known)).model_dump(mode="json")
    write_atomic(path, json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def split(findings: Sequence[Finding], known: frozenset[str]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """New findings, and those that the baseline knows."""
    old = tuple(f.model_copy(update={"hint": "known: in the baseline"}) for f in findings if f.fingerprint in known)
    return tuple(f for f in findings if f.fingerprint not in known), old

"""What the gate said of a tree, as long as neither the tree nor the gate has changed.

The answer is kept by the digest of every file that is looked at and of all else that the answer depends on: the gate's
own code, the versions of what it calls, the settings, the baseline, and the date (suppressions expire).
"""

import hashlib
import platform
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from pydantic import ValidationError

import sluice
from sluice.core.files import canonical_json, digest, mark_ours, tree_digest, write_atomic
from sluice.model.base import JsonObject
from sluice.model.finding import GateReport
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.scan import walk

KEPT: Final = 20
_CODE: Final = ("core", "model", "phases/gate")


def remembered(given: GateInput, cache: Path, judge: Callable[[GateInput], GateReport]) -> tuple[GateReport, bool]:
    """The report on a folder, from `cache` where that still holds, and whether it came from there.

    A report with a check that could not judge is never kept.
    """
    stored = cache / f"{key(given)}.json"
    try:
        return GateReport.model_validate_json(stored.read_bytes()), True
    except (OSError, ValidationError):
        report = judge(given)
    if not any(check.error for layer in report.layers for check in layer.checks):
        with suppress(OSError):  # a cache that cannot be written is none
            mark_ours(cache)
            write_atomic(stored, report.model_dump_json())
            _prune(cache)
    return report, False


def key(given: GateInput) -> str:
    """Digest of all that the report on a folder depends on."""
    package = Path(sluice.__file__).parent
    depends: JsonObject = {
        "files": _contents(given.root, given.folders),
        "services": {name: path.relative_to(given.root).as_posix() for name, path in given.services.items()},
        "settings": repr(given.settings),
        "baseline": [*sorted(given.baseline)],
        "today": given.today.isoformat(),
        "gate": [tree_digest(package / part) for part in _CODE],
        "python": platform.python_version(),
        "packages": [*sorted(f"{each.name} {each.version}" for each in distributions())],
    }
    return digest(canonical_json(depends)).removeprefix("sha256:")[:32]


def _contents(root: Path, folders: Iterable[Path]) -> str:
    told = hashlib.sha256()
    for folder in folders:
        for path in walk(folder) if folder.is_dir() else [folder]:
            name = path.relative_to(root).as_posix().encode("utf-8", "surrogateescape")
            told.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


def _prune(cache: Path) -> None:
    """Keep the newest answers only."""
    for old in sorted(cache.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)

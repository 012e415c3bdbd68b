"""Where a run keeps its things."""

import re
from dataclasses import dataclass
from pathlib import Path

from sluice.core.environment import variable
from sluice.core.errors import InputError
from sluice.core.files import inside, mark_ours

_RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")


def user_cache() -> Path:
    """The user's own cache of Sluice, for what belongs to no project."""
    return Path(variable("XDG_CACHE_HOME") or "~/.cache").expanduser() / "sluice"


@dataclass(frozen=True)
class Workspace:
    """The `.sluice` directory of a project: runs and cached environments."""

    root: Path

    @property
    def runs(self) -> Path:
        """One directory a run."""
        return self.root / "runs"

    @property
    def environments(self) -> Path:
        """Cached Python environments of generated services, by the digest of their requirements."""
        return self.root / "environments"

    @property
    def code(self) -> Path:
        """Indexes of source trees, by the digest of their paths; a cache."""
        return self.root / "code"

    def create(self) -> "Workspace":
        """Make the directories, marked as ours."""
        for directory in (self.root, self.runs, self.environments):
            mark_ours(directory)
        return self

    def run(self, run_id: str) -> "RunPaths":
        """Paths of one run.

        Raises:
            InputError: not a run id.
        """
        if not _RUN_ID.fullmatch(run_id):
            raise InputError(f"{run_id!r} is not a run id", hint="`invoke runs` lists them")
        return RunPaths(self.runs / run_id)

    def run_ids(self) -> list[str]:
        """All run ids, oldest first."""
        if not self.runs.is_dir():
            return []
        return sorted(path.name for path in self.runs.iterdir() if _RUN_ID.fullmatch(path.name))


@dataclass(frozen=True)
class RunPaths:
    """The directory of one run, `.sluice/runs/<run-id>`."""

    root: Path

    @property
    def run_id(self) -> str:
        """Sortable id: UTC date, time, six random hex digits."""
        return self.root.name

    @property
    def manifest(self) -> Path:
        """Inputs, versions, digests, seeds, start, end, verdict."""
        return self.root / "run_manifest.json"

    @property
    def journal(self) -> Path:
        """Append-only, fsynced events, one JSON object a line."""
        return self.root / "run_events.jsonl"

    @property
    def log(self) -> Path:
        """The journal for people."""
        return self.root / "run_log.txt"

    @property
    def prd(self) -> Path:
        """The PRD as it was when the run began."""
        return self.root / "inputs" / "prd.md"

    @property
    def artifacts(self) -> Path:
        """Frozen artifacts by class name."""
        return self.root / "artifacts"

    @property
    def reports(self) -> Path:
        """summary.json, junit.xml, sarif, report.html."""
        return self.root / "reports"

    @property
    def stack(self) -> Path:
        """State, logs and data of the running stack."""
        return self.root / "stack"

    def service(self, name: str) -> Path:
        """What the builder made of one service."""
        return inside(self.root, "services", _checked(name))

    def job(self, service: str, attempt: int) -> Path:
        """One builder attempt: configuration, command, output, exit code."""
        return inside(self.root, "jobs", _checked(service), f"attempt-{attempt}")


def _checked(name: str) -> str:
    if not _SERVICE.fullmatch(name):
        raise InputError(f"{name!r} is not a service name", hint="use lower-case letters, digits and '-'")
    return name

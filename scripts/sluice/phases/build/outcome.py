"""Results that survive a kill: installed services and `result.json` of each."""

import json
from pathlib import Path

from pydantic import ValidationError

from sluice import __version__
from sluice.core.files import canonical_json, digest, inside, tree_digest, write_atomic
from sluice.core.paths import RunPaths
from sluice.engine.phase import Artifacts
from sluice.model.base import JsonObject
from sluice.model.build import BuilderResult, BuildResults
from sluice.model.contract import ContractSet
from sluice.phases.build.job import BuildJob, Workshop
from sluice.phases.build.tree import copy_sources


def install(job: BuildJob) -> None:
    """Make the output the run's service, by one rename; an earlier one is moved into the job's directory."""
    target = job.shop.ctx.run.service(job.service)
    fresh = copy_sources(job.output, job.directory / "install")
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(job.directory / "replaced")
    fresh.rename(target)


def record(shop: Workshop, result: BuilderResult) -> None:
    """Write `jobs/<service>/result.json`."""
    document: JsonObject = {"inputs": _inputs(shop, result.service), "result": result.model_dump(mode="json")}
    write_atomic(_path(shop.ctx.run, result.service), canonical_json(document))


def recorded(shop: Workshop, service: str) -> BuilderResult | None:
    """An earlier success of this run that still holds: same builder, same contracts, same files."""
    try:
        document = json.loads(_path(shop.ctx.run, service).read_bytes())
        result = BuilderResult.model_validate(document["result"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None
    holds = result.success and document["inputs"] == _inputs(shop, service) and intact(shop.ctx.run, result)
    return result if holds else None


def spoilt(run: RunPaths, artifacts: Artifacts) -> str:
    """Which installed service is no longer what was measured, '' when all are."""
    results = artifacts.find(BuildResults)
    changed = [r.service for r in results.results if r.success and not intact(run, r)] if results else []
    return f"the built {changed[0]} is missing or was changed" if changed else ""


def intact(run: RunPaths, result: BuilderResult) -> bool:
    """Whether the installed service is still what was measured."""
    return tree_digest(run.service(result.service)) == result.measured.tree_digest


def _path(run: RunPaths, service: str) -> Path:
    return inside(run.root, "jobs", service, "result.json")


def _inputs(shop: Workshop, service: str) -> str:
    """Digest of all that a builder's work follows from."""
    contracts = shop.ctx.artifacts.get(ContractSet).contracts
    parts = [f"{c.name} {c.digest}" for c in contracts if c.service == service]
    return digest("\0".join([__version__, shop.builder.name, *shop.ctx.settings.builder_command, "", *sorted(parts)]))

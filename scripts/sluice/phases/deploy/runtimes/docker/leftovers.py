"""Removes what runs left on the engine, found by their label only."""

import time
from collections.abc import Collection, Sequence
from typing import Final

from sluice.core.environment import ENGINE_VARIABLES, child_environment
from sluice.core.proc import Completed, run
from sluice.phases.deploy.compose import RUN_LABEL
from sluice.phases.deploy.runtimes.docker.engine import SERVICE_LABEL

KINDS: Final = ("container", "network", "volume", "image")
_RUN: Final = f'{{{{.Label "{RUN_LABEL}"}}}}'
_LIST: Final = {
    "container": ("ps", "--all", "--no-trunc", "--format", f'{{{{.ID}}}} {{{{.Label "{SERVICE_LABEL}"}}}} {_RUN}'),
    "network": ("network", "ls", "--no-trunc", "--format", f"{{{{.ID}}}} {{{{.Name}}}} {_RUN}"),
    "volume": ("volume", "ls", "--format", f"{{{{.Name}}}} {{{{.Name}}}} {_RUN}"),
    "image": ("image", "ls", "--quiet", "--no-trunc"),
}
_TAG: Final = "{{with .RepoTags}}{{index . 0}}{{else}}untagged{{end}}"
_IMAGE: Final = f'{{{{.Id}}}} {_TAG} {{{{index .Config.Labels "{RUN_LABEL}"}}}}'
_REMOVE: Final = {
    "container": ("rm", "--force", "--volumes"),
    "network": ("network", "rm"),
    "volume": ("volume", "rm", "--force"),
    "image": ("image", "rm", "--force"),
}
_ROUNDS = 5
_PAUSE_S = 0.2
_TIMEOUT_S = 60.0


def remove(run_ids: Collection[str]) -> list[str]:
    """Remove every container, network, volume and image of these runs; returns `<run id>: <kind> <name>` of each.

    Looks again until nothing is found, since an engine may still be making what it was told to make.  Without an engine
    there is nothing to remove.
    """
    done: list[str] = []
    for _ in range(_ROUNDS):
        found = [(kind, *row) for kind in KINDS for row in listed(kind, run_ids)]
        if not found:
            break
        for kind in KINDS:
            ids = [each for of_kind, each, _, _ in found if of_kind == kind]
            if ids:
                _docker(*_REMOVE[kind], *ids)
        done += [f"{run_id}: {kind} {name}" for kind, _, name, run_id in found]
        time.sleep(_PAUSE_S)
    return list(dict.fromkeys(done))


def listed(kind: str, run_ids: Collection[str]) -> list[Sequence[str]]:
    """Id, name and run of everything of this kind that these runs have on the engine."""
    done = _docker(*_LIST[kind], "--filter", f"label={RUN_LABEL}")
    if kind == "image" and (ids := done.stdout.split()):  # their list does not show labels
        done = _docker("image", "inspect", "--format", _IMAGE, *ids)
    rows = [line.split(" ") for line in done.stdout.splitlines()]
    return [row for row in rows if len(row) == 3 and row[-1] in run_ids]  # noqa: PLR2004 - the columns


def _docker(*arguments: str) -> Completed:
    environment = child_environment(inherit=ENGINE_VARIABLES)
    return run(["docker", *arguments], env=environment, timeout=_TIMEOUT_S)

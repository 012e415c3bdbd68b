"""All checks: every module of `gate/checks` exposes `CHECKS`."""

from functools import cache
from typing import Any

from sluice.core.registry import gather
from sluice.phases.gate import checks
from sluice.phases.gate.check import Check


@cache
def all_checks() -> dict[str, Check[Any]]:
    """Every check by its id, sorted by layer and id.

    Raises:
        TypeError: two checks share an id, or a module exposes no `CHECKS`.
    """
    found: dict[str, Check[Any]] = gather(checks, "CHECKS", lambda check: check.id)
    return dict(sorted(found.items(), key=lambda item: (item[1].layer, item[0])))

"""All checks: every module of `gate/checks` exposes `CHECKS`."""

import importlib
import pkgutil
from functools import cache
from typing import Any

from sluice.phases.gate import checks
from sluice.phases.gate.check import Check


@cache
def all_checks() -> dict[str, Check[Any]]:
    """Every check by its id, sorted by layer and id.

    Raises:
        TypeError: two checks share an id, or a module exposes no `CHECKS`.
    """
    found: dict[str, Check[Any]] = {}
    for info in pkgutil.iter_modules(checks.__path__):
        module = importlib.import_module(f"{checks.__name__}.{info.name}")
        exposed = getattr(module, "CHECKS", None)
        if not exposed:
            raise TypeError(f"{module.__name__} does not expose CHECKS")
        for check in exposed:
            if check.id in found:
                raise TypeError(f"two checks are called {check.id!r}")
            found[check.id] = check
    return dict(sorted(found.items(), key=lambda item: (item[1].layer, item[0])))

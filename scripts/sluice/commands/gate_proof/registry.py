"""All mutation operators: every module of `operators` exposes `OPERATORS`."""

import importlib
import pkgutil

from sluice.commands.gate_proof import operators
from sluice.commands.gate_proof.mutation import Operator


def all_operators() -> dict[str, Operator]:
    """Operators by the id of their check.

    Raises:
        TypeError: two modules have operators for one check, or a module exposes no `OPERATORS`.
    """
    found: dict[str, Operator] = {}
    for info in pkgutil.iter_modules(operators.__path__):
        module = importlib.import_module(f"{operators.__name__}.{info.name}")
        exposed = getattr(module, "OPERATORS", None)
        if not exposed:
            raise TypeError(f"{module.__name__} does not expose OPERATORS")
        for operator in exposed:
            if operator.check in found:
                raise TypeError(f"two operators are for {operator.check!r}")
            found[operator.check] = operator
    return found

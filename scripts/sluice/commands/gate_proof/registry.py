"""All mutation operators: every module of `operators` exposes `OPERATORS`."""

from sluice.commands.gate_proof import operators
from sluice.commands.gate_proof.mutation import Operator
from sluice.core.registry import gather


def all_operators() -> dict[str, Operator]:
    """Operators by the id of their check.

    Raises:
        TypeError: two modules have operators for one check, or a module exposes no `OPERATORS`.
    """
    return gather(operators, "OPERATORS", lambda operator: operator.check)

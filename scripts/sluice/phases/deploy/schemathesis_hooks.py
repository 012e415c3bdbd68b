"""Loaded by Schemathesis in its own process (`SCHEMATHESIS_HOOKS`): tokens, and examples with new unique values.

Schemathesis' declared dynamic authentication can only ask the service under test; here one service issues the tokens of
all.
"""

from pathlib import Path
from typing import Any, Final

import schemathesis
from schemathesis import AuthContext, Case, HookContext
from schemathesis.filters import HasAPIOperation

from sluice.core.environment import variable
from sluice.phases.deploy.hook_plan import ACCOUNT_VARIABLE, PLAN_VARIABLE, TOKEN_VARIABLE, HookPlan

_REFRESH_SECONDS: Final = 120


def _plan() -> HookPlan:
    path = variable(PLAN_VARIABLE)
    return HookPlan.model_validate_json(Path(path).read_bytes()) if path else HookPlan()


PLAN: Final = _plan()


def _needs_token(context: HasAPIOperation) -> bool:
    return context.operation.label in PLAN.secured


class Bearer:
    """A bearer token, fetched again every two minutes and after a 401."""

    def __init__(self) -> None:
        self._account = PLAN.account(variable(ACCOUNT_VARIABLE))

    def get(self, _case: Case[Any], _context: AuthContext) -> str:
        """A token of this run's test account."""
        return self._account.token() if self._account else variable(TOKEN_VARIABLE) or ""

    def set(self, case: Case[Any], data: str, _context: AuthContext) -> None:
        """Put the token where the `bearerAuth` scheme wants it."""
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:
    """Add the contract's example once more, with new unique values."""
    label = context.operation.label if context.operation else ""
    if label in PLAN.fresh and examples:
        case = examples[0].derive(keep_auth=True)
        case.body = PLAN.fresh[label]
        examples.append(case)


if PLAN.secured:
    schemathesis.auth(refresh_interval=_REFRESH_SECONDS).apply_to(_needs_token)(Bearer)

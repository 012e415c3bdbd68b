"""Loaded by Schemathesis in its own process (`SCHEMATHESIS_HOOKS`): logs in at the service that issues tokens.

Schemathesis' declared dynamic authentication can only ask the service under test; here one service issues the tokens of
all.
"""

from pathlib import Path
from typing import Any, Final

import schemathesis
from schemathesis import AuthContext, Case
from schemathesis.filters import HasAPIOperation

from sluice.core.environment import variable
from sluice.phases.deploy.auth_plan import PLAN_VARIABLE, TOKEN_VARIABLE, AuthPlan

_REFRESH_SECONDS: Final = 120


def _plan() -> AuthPlan:
    path = variable(PLAN_VARIABLE)
    return AuthPlan.model_validate_json(Path(path).read_bytes()) if path else AuthPlan()


PLAN: Final = _plan()


def _needs_token(context: HasAPIOperation) -> bool:
    return context.operation.label in PLAN.secured


class Bearer:
    """A bearer token, fetched again every two minutes and after a 401."""

    def __init__(self) -> None:
        self._account = PLAN.account()

    def get(self, _case: Case[Any], _context: AuthContext) -> str:
        """A token of this run's test account."""
        return self._account.token() if self._account else variable(TOKEN_VARIABLE) or ""

    def set(self, case: Case[Any], data: str, _context: AuthContext) -> None:
        """Put the token where the `bearerAuth` scheme wants it."""
        case.headers["Authorization"] = f"Bearer {data}"


if PLAN.secured:
    schemathesis.auth(refresh_interval=_REFRESH_SECONDS).apply_to(_needs_token)(Bearer)

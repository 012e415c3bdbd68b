"""What the process under Schemathesis needs to know to log in; carries no secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx2

from sluice.model.base import Model
from sluice.model.contract import RegisteredContract
from sluice.phases.deploy.identity import Account, find_issuer
from sluice.phases.deploy.openapi import Operation, operations

HOOKS_MODULE: Final = "sluice.phases.deploy.schemathesis_hooks"
PLAN_VARIABLE: Final = "CONTRACT_TEST_AUTH"
TOKEN_VARIABLE: Final = "CONTRACT_TEST_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, kw_only=True)
class TokenSource:
    """Who issues tokens: the contract and URL of the issuer, or else one ready token (only ever in the environment)."""

    issuer: RegisteredContract | None = None
    url: str = ""
    token: str = ""


class AuthPlan(Model):
    """Labels of the operations that need a token, and the issuer (None: a token is in the environment)."""

    secured: tuple[str, ...] = ()
    url: str = ""
    issuer: RegisteredContract | None = None

    def account(self) -> Account | None:
        """A not yet registered account at the issuer."""
        issuer = find_issuer(operations(self.issuer)) if self.issuer else None
        return Account(issuer, self.url, httpx2.Client(trust_env=False, timeout=10)) if issuer else None


def plan_auth(source: TokenSource, declared: Sequence[Operation]) -> AuthPlan:
    """The plan for one service; without issuer and token nothing is sent, and protected operations do not conform."""
    if source.issuer is None and not source.token:
        return AuthPlan()
    secured = tuple(operation.label for operation in declared if operation.secured)
    return AuthPlan(secured=secured, url=source.url, issuer=source.issuer)

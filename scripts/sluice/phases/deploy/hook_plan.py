"""What our hooks inside Schemathesis need to know; carries no secret."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from sluice.model.base import JsonObject, Model
from sluice.model.contract import RegisteredContract
from sluice.phases.deploy.identity import Account, find_issuer
from sluice.phases.deploy.openapi import Operation, mapping, operations
from sluice.phases.deploy.sample import example, fresh_body

HOOKS_MODULE: Final = "sluice.phases.deploy.schemathesis_hooks"
PLAN_VARIABLE: Final = "CONTRACT_TEST_HOOKS"
ACCOUNT_VARIABLE: Final = "CONTRACT_TEST_ACCOUNT"
TOKEN_VARIABLE: Final = "CONTRACT_TEST_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, kw_only=True)
class TokenSource:
    """Who issues tokens: the contract and URL of the issuer, or else one ready token (only ever in the environment)."""

    issuer: RegisteredContract | None = None
    url: str = ""
    token: str = ""


class HookPlan(Model):
    """`secured` and `fresh` are by operation label; `issuer` None means that a token is in the environment.

    `fresh` holds requests whose unique values are new: on a database that earlier tests filled, the contract's own
    examples, and what the fixed seed generates, can only meet a conflict.
    """

    secured: tuple[str, ...] = ()
    url: str = ""
    issuer: RegisteredContract | None = None
    fresh: JsonObject = Field(default_factory=dict)

    def account(self, registration: str | None = None) -> Account | None:
        """An account at the issuer: the one registered with this body (JSON), or one that is not registered yet."""
        issuer = find_issuer(operations(self.issuer)) if self.issuer else None
        known = mapping(json.loads(registration)) if registration else None
        return Account(issuer, self.url, known) if issuer else None


def plan_hooks(source: TokenSource, declared: Sequence[Operation]) -> HookPlan:
    """The plan for one service; without issuer and token nothing is sent, and protected operations do not conform."""
    known = source.issuer is not None or bool(source.token)
    secured = tuple(operation.label for operation in declared if operation.secured and known)
    varied = {operation.label: (example(operation), fresh_body(operation)) for operation in declared}
    fresh = {label: body for label, (given, body) in varied.items() if body != given}
    return HookPlan(secured=secured, url=source.url, issuer=source.issuer, fresh=fresh)

"""Test accounts: the service that issues tokens, registration and login, and a minted token where nobody issues one."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2
import jwt
from pydantic import JsonValue

from sluice.core.errors import ServiceCallFailed
from sluice.core.http import client_options
from sluice.model.base import JsonObject
from sluice.phases.deploy.openapi import Operation, mapping
from sluice.phases.deploy.sample import example, fresh_body

_MINTED_SECONDS = 3600
_TIMEOUT = 10.0


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """The service whose contract has a login; `register` and `login` are its operations."""

    service: str
    register: Operation
    login: Operation

    def registration(self) -> JsonObject:
        """The body of a registration with a new identity."""
        return mapping(fresh_body(self.register))

    def credentials(self, registration: JsonObject) -> JsonObject:
        """The body of the login that goes with a registration."""
        sample = mapping(example(self.login))
        return {name: registration.get(name, value) for name, value in sample.items()}


def find_issuer(operations: Sequence[Operation]) -> Issuer | None:
    """The first service that can both register an account and log it in."""
    for login in operations:
        for register in operations:
            if (login.kind, register.kind) == ("login", "register") and login.service == register.service:
                return Issuer(service=login.service, register=register, login=login)
    return None


def access_token(body: JsonValue) -> str:
    """The access token of a login's answer, '' when there is none."""
    token = mapping(body).get("access_token")
    return token if isinstance(token, str) else ""


def mint(secret: str) -> tuple[str, str]:
    """An access token for a made-up account, and that account's id; for stacks where no service issues tokens."""
    account, now = str(uuid.uuid4()), int(time.time())
    claims = {"sub": account, "iat": now, "exp": now + _MINTED_SECONDS, "type": "access"}
    return jwt.encode({**claims, "jti": uuid.uuid4().hex, "iss": "sluice"}, secret, algorithm="HS256"), account


@dataclass
class Account:
    """An account that can log in again and again; `row` is what its registration answered."""

    issuer: Issuer
    url: str
    registration: JsonObject | None = None
    row: JsonObject = field(default_factory=dict)

    def token(self) -> str:
        """A fresh access token; registers first when there is no account yet, or when it is gone.

        Raises:
            ServiceCallFailed: the issuer refuses.
        """
        if self.registration is not None:
            answer = self._post(self.issuer.login, self.issuer.credentials(self.registration))
            if token := access_token(answer):
                return token
        registration = self.issuer.registration()
        self.row = mapping(self._post(self.issuer.register, registration, must=True))
        self.registration = registration
        token = access_token(self._post(self.issuer.login, self.issuer.credentials(registration), must=True))
        if not token:
            raise ServiceCallFailed(f"{self.issuer.login.label} of {self.issuer.service} gave no access_token")
        return token

    def _post(self, operation: Operation, body: JsonObject, *, must: bool = False) -> JsonValue:
        try:
            with httpx2.Client(**client_options(self.url, _TIMEOUT)) as client:
                response = client.request(operation.method, f"{self.url}{operation.path}", json=body)
        except httpx2.HTTPError as error:
            raise ServiceCallFailed(f"{operation.label} of {operation.service} failed", details=[str(error)]) from error
        if must and not response.is_success:
            raise ServiceCallFailed(
                f"{operation.label} of {operation.service} answered {response.status_code}",
                details=[response.text[:300]],
                hint="without it no protected operation can be tested",
            )
        try:
            answer: JsonValue = response.json() if response.is_success else None
        except ValueError:
            answer = None
        return answer

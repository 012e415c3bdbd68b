"""HTTP to services: JSON requests with safe defaults, and waiting until a service is healthy."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx2

from sluice.core.errors import ServiceCallFailed

_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
_RETRIED: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_FIRST_PAUSE_S: Final = 0.1
PROBE_TIMEOUT_S: Final = 2.0


def client_options(url: str, timeout: float) -> dict[str, Any]:
    """Arguments of an httpx2 client for `url`: no proxies from the environment, no certificate store without TLS."""
    options: dict[str, Any] = {"timeout": timeout, "trust_env": False}
    if url.startswith("http://"):
        options["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; loading the store costs 50 ms
    return options


def request_json(
    method: str,
    url: str,
    *,
    json: object = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    retries: int = 2,
) -> Any:
    """The JSON body of a 2xx answer, None when it has no body.

    Idempotent methods are retried, with growing pauses, when the service cannot be reached or answers 502, 503 or 504.

    Args:
        method: HTTP method in capitals.
        url: whole URL of the operation.
        json: body, None for none.
        headers: extra request headers.
        timeout: seconds for each attempt.
        retries: how many times an idempotent request is repeated.

    Raises:
        ServiceCallFailed: no answer, not a 2xx, or a body that is not JSON; says which, and shows the answer's start.
    """
    attempts = 1 + (retries if method in _IDEMPOTENT else 0)
    with httpx2.Client(**client_options(url, timeout)) as client:
        for attempt in range(attempts):
            last = attempt == attempts - 1
            try:
                response = client.request(method, url, json=json, headers=dict(headers or {}))
            except httpx2.HTTPError as error:
                if last:
                    raise _unreachable(method, url, error) from error
            else:
                if last or response.status_code not in _RETRIED:
                    return _body(method, url, response)
            time.sleep(_FIRST_PAUSE_S * 2**attempt)
    raise AssertionError("the last attempt returns or raises")


def _unreachable(method: str, url: str, error: httpx2.HTTPError) -> ServiceCallFailed:
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return ServiceCallFailed(f"{method} {url} got no answer", details=[reason], hint="is it running? `invoke status`")


def _body(method: str, url: str, response: httpx2.Response) -> Any:
    if not response.is_success:
        raise ServiceCallFailed(
            f"{method} {url} answered {response.status_code}",
            details=[response.text[:500]],
            hint="see the log of the service: `invoke logs`",
        )
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise ServiceCallFailed(
            f"{method} {url} did not answer JSON", details=[response.text[:500]], hint="is this the right service?"
        ) from error


@dataclass(frozen=True, kw_only=True)
class HealthResult:
    """How waiting ended; `status` and `detail` are those of the last probe, `detail` is '' when healthy."""

    url: str
    healthy: bool
    status: int | None
    detail: str
    seconds: float
    probes: int


def poll_until_healthy(
    url: str,
    *,
    timeout: float,
    interval: float = 0.1,
    stable: float = 0.0,
    path: str = "/api/health",
) -> HealthResult:
    """Ask `url` + `path` until it answers 200 and goes on doing so for `stable` seconds, or `timeout` is over.

    A relapse begins the stable window anew.  Never raises for a service that does not answer.

    Args:
        url: base URL of the service, without a trailing slash.
        timeout: seconds until the first good answer of the stable window, at most; the window itself is granted.
        interval: seconds between probes.
        stable: seconds of unbroken health wanted.
        path: what to ask.
    """
    began = time.monotonic()
    good_since: float | None = None
    probes = 0
    with httpx2.Client(**client_options(url, PROBE_TIMEOUT_S)) as client:
        while True:
            status, detail = _probe(client, url + path)
            probes += 1
            now = time.monotonic()
            good_since = None if detail else good_since or now
            if good_since is not None and now - good_since >= stable:
                break
            if good_since is None and now - began >= timeout:
                detail = f"{detail} after {now - began:.1f} s"
                break
            time.sleep(interval)
    return HealthResult(
        url=url, healthy=not detail, status=status, detail=detail, seconds=time.monotonic() - began, probes=probes
    )


def _probe(client: httpx2.Client, url: str) -> tuple[int | None, str]:
    """Status and what is wrong with it."""
    try:
        status = client.get(url).status_code
    except httpx2.TimeoutException:
        return None, f"no answer within {PROBE_TIMEOUT_S:.0f} s"
    except httpx2.HTTPError as error:
        return None, f"cannot be reached ({type(error).__name__})"
    return status, "" if status == HTTPStatus.OK else f"answers {status}"

"""Hands the built services to the stack and looks at what came up."""

from collections.abc import Sequence

import httpx2
from pydantic import JsonValue

from sluice.core.errors import EnvironmentFailure
from sluice.core.files import inside, tree_digest
from sluice.core.http import client_options
from sluice.engine.phase import Context
from sluice.engine.stack import ServiceStart, ServiceToRun, StackState
from sluice.model.base import JsonObject
from sluice.model.build import BuilderResult, BuildResults
from sluice.model.decomposition import Decomposition
from sluice.model.deployment import DeployedService, Deployment
from sluice.model.health import ServiceHealth
from sluice.phases.deploy.compose import ComposeGenerator
from sluice.phases.deploy.discovery import ServiceDiscovery

_LOG_LINES = 20
_TIMEOUT = 10.0


def rollout(ctx: Context) -> Deployment:
    """Start every service whose builder succeeded; the others are named in `not_deployed`."""
    built = ctx.artifacts.get(BuildResults).successes
    wanted = services_to_run(ctx, built)
    ComposeGenerator(run_id=ctx.run.run_id).write(wanted, ctx.run)
    digests = {result.service: _digest(ctx, result) for result in built}
    starts = ctx.stack.deploy(wanted)
    state = stack_state(ctx)
    discovery = ServiceDiscovery(
        {start.name: start.url for start in starts if start.url},
        lambda name: ctx.stack.logs(name, lines=_LOG_LINES),
    )
    watched = discovery.wait_all_healthy(timeout=ctx.settings.start_timeout_s, stable=ctx.settings.stable_s)
    health = {found.name: found for found in watched}
    services = [_deployed(start, health.get(start.name), state, digests[start.name]) for start in starts]
    for service in services:
        verdict = "is healthy" if service.healthy else f"is not healthy: {service.detail}"
        ctx.emit("service.deployed", f"{service.name} {verdict}", service=service.name, healthy=service.healthy)
    failed = {result.service for result in ctx.artifacts.get(BuildResults).results} - digests.keys()
    return Deployment(
        runtime=state.runtime,
        gateway_url=state.gateway_url,
        services=tuple(sorted(services, key=lambda service: service.name)),
        not_deployed=tuple(sorted(failed)),
    )


def services_to_run(ctx: Context, built: Sequence[BuilderResult]) -> tuple[ServiceToRun, ...]:
    """What the stack is asked to run; dependencies on services that were not built are left out."""
    names = {result.service for result in built}
    planned = ctx.artifacts.get(Decomposition).service_map
    wanted = []
    for result in built:
        service = planned.named(result.service)
        depends_on = tuple(name for name in service.depends_on if name in names) if service else ()
        directory = inside(ctx.run.root, result.output_dir)
        wanted.append(ServiceToRun(name=result.service, directory=directory, depends_on=depends_on))
    return tuple(wanted)


def stack_state(ctx: Context) -> StackState:
    """Where everything answers.

    Raises:
        EnvironmentFailure: the stack is down.
    """
    state = ctx.stack.state()
    if state is None:
        raise EnvironmentFailure("the stack is down", hint="`invoke up` starts it")
    return state


def own_document(url: str) -> JsonObject | None:
    """The service's own /openapi.json, None when it does not answer 200 with a JSON object."""
    try:
        with httpx2.Client(**client_options(url, _TIMEOUT)) as client:
            response = client.get(f"{url}/openapi.json")
        body: JsonValue = response.json() if response.status_code == httpx2.codes.OK else None
    except (httpx2.HTTPError, ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _digest(ctx: Context, result: BuilderResult) -> str:
    return tree_digest(inside(ctx.run.root, result.output_dir))


def _deployed(start: ServiceStart, health: ServiceHealth | None, state: StackState, digest: str) -> DeployedService:
    if not start.healthy or health is None:
        lines = " / ".join(start.log)
        detail = f"{start.detail}; its last lines: {lines}" if lines else start.detail
    elif health.healthy and own_document(start.url) is None:
        detail = "GET /openapi.json does not answer 200 with a JSON object"
    else:
        detail = health.detail
    return DeployedService(
        name=start.name,
        url=start.url,
        gateway_url=f"{state.gateway_url}/api/{start.name}",
        healthy=start.healthy and not detail,
        tree_digest=digest,
        restarts=start.restarts,
        detail=detail,
    )

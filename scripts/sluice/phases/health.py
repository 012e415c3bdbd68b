"""Phase 1: the three Build 1 services answer 200 on `/api/health`, and go on doing so for a stability window."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sluice.core.http import poll_until_healthy
from sluice.engine.phase import Context, Outcome, Phase
from sluice.engine.stack import BUILD1
from sluice.model.health import ServiceHealth, StackHealth

LOG_LINES: Final = 10


def run(ctx: Context) -> Outcome:
    """Bring the stack up and watch the three services side by side."""
    with ctx.span("service_start"):
        state = ctx.stack.up()
        with ThreadPoolExecutor(max_workers=len(BUILD1)) as pool:
            services = tuple(pool.map(lambda name: watch(ctx, name, state.services.get(name, "")), BUILD1))
    health = StackHealth(runtime=state.runtime, stable_seconds=ctx.settings.stable_s, services=services)
    refused = judge(health)
    first = next((service.name for service in services if not service.healthy), "")
    hint = f"`invoke logs {first}` shows its log; then `invoke resume`" if refused else ""
    note = f"{len(services)} services healthy for {ctx.settings.stable_s:g} s"
    return Outcome(artifacts=(health,), refused=refused, hint=hint, note=note)


def watch(ctx: Context, name: str, url: str) -> ServiceHealth:
    """The health of one service over the stability window; its last log lines are emitted when it is not healthy."""
    if not url:
        return ServiceHealth(name=name, url="", healthy=False, detail="the stack did not start it")
    result = poll_until_healthy(url, timeout=ctx.settings.start_timeout_s, stable=ctx.settings.stable_s)
    if result.healthy:
        ctx.emit("service.healthy", f"{name} healthy after {result.seconds:.1f} s", service=name, url=url)
    else:
        ctx.emit(
            "service.unhealthy", f"{name} {result.detail}", service=name, log=ctx.stack.logs(name, lines=LOG_LINES)
        )
    return ServiceHealth(name=name, url=url, healthy=result.healthy, status=result.status, detail=result.detail)


def judge(health: StackHealth) -> str:
    """Why the gate refuses, '' when all three services are healthy."""
    known = {service.name: service for service in health.services}
    faults = []
    for name in BUILD1:
        service = known.get(name)
        if service is None or not service.healthy:
            faults.append(f"{name} {service.detail if service else 'was not asked'}")
    return "; ".join(faults)


PHASE: Final = Phase(
    number=1,
    name="health",
    help="the three Build 1 services are up and stay up",
    consumes=(),
    produces=(StackHealth,),
    run=run,
    properties=("runtime", "stable_s"),
)

"""Builds one service with its fix passes, and all of them at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sluice.model.build import BuilderResult
from sluice.phases.build.attempt import build
from sluice.phases.build.fix import feed_violations_to_builder, violations_of
from sluice.phases.build.job import BuildJob, Workshop
from sluice.phases.build.outcome import record, recorded


def build_service(shop: Workshop, service: str) -> BuilderResult:
    """An earlier success that still holds, or a new build with its fix passes; recorded as soon as it is known."""
    kept = recorded(shop, service)
    if kept:
        shop.ctx.emit("builder.kept", f"{service}: unchanged since attempt {kept.attempt}", service=service)
        return kept
    first = build(BuildJob(shop=shop, service=service))
    result = feed_violations_to_builder(shop, first, violations_of(first), violations_of).result
    if result.status != "interrupted":
        record(shop, result)
    return result


def run_parallel_builders(
    shop: Workshop,
    services: Sequence[str],
    build_one: Callable[[Workshop, str], BuilderResult] = build_service,
) -> tuple[BuilderResult, ...]:
    """Build all services, at most `max_concurrent_builders` at once; results sorted by service.

    When the caller is interrupted, every builder's process group is ended before this returns.
    """
    slots = threading.Semaphore(shop.ctx.settings.max_concurrent_builders)

    def guarded(service: str) -> BuilderResult:
        with slots:
            return build_one(shop, service)

    with ThreadPoolExecutor(max_workers=max(1, len(services)), thread_name_prefix="builder") as pool:
        try:
            futures = [pool.submit(guarded, service) for service in sorted(services)]
            return tuple(future.result() for future in futures)
        except BaseException:
            shop.cancelled.set()
            raise

"""The images of generated services, several at the same time."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final

from sluice.engine.stack import ServiceToRun
from sluice.phases.deploy.compose import RUN_LABEL
from sluice.phases.deploy.runtimes.docker.images import builds
from sluice.phases.deploy.runtimes.docker.images.recipes import PYTHON
from sluice.phases.deploy.runtimes.docker.images.secrets import build_secrets

_LEAST_PARALLEL: Final = 2


def service_tag(name: str, run_id: str) -> str:
    """The image of one generated service in one run."""
    return f"sluice/{name}:{run_id}"


def build_services(
    services: Sequence[ServiceToRun],
    run_id: str,
    images: Mapping[str, str],
    emit: Callable[..., None],
) -> dict[str, str]:
    """Build each service's image from its own Dockerfile, on PYTHON_IMAGE; what went wrong by service, {} for nothing.

    The images carry the run's label, so that whatever ends the run finds them.
    """
    stopped = Event()
    with build_secrets() as secrets, ThreadPoolExecutor(max(_LEAST_PARALLEL, os.cpu_count() or 1)) as pool:

        def build(service: ServiceToRun) -> str:
            began = time.monotonic()
            tag = service_tag(service.name, run_id)
            why = builds.build(
                service.directory,
                tag=tag,
                arguments={"BASE_IMAGE": images[PYTHON.variable]},
                labels={RUN_LABEL: run_id},
                secrets=secrets,
                run_id=run_id,
                cancelled=stopped.is_set,
            )
            seconds = round(time.monotonic() - began, 1)
            emit("image.failed" if why else "image.built", f"{tag}: {seconds} s", image=tag, seconds=seconds)
            return why

        try:
            failures = list(pool.map(build, services))
        except BaseException:
            stopped.set()
            raise
        return {service.name: why for service, why in zip(services, failures, strict=True) if why}

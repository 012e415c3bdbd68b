"""The images of the Docker runtime by hand."""

from itertools import count

from pydantic import JsonValue

from sluice.commands.output import Output
from sluice.commands.pipeline import Options
from sluice.commands.session import workspace
from sluice.core.errors import EXIT_OK
from sluice.engine.journal import Event, now
from sluice.phases.deploy.runtimes.docker.images import ensure_images


def images(options: Options, *, offline: bool) -> int:
    """Have every image on the engine, and list them by the variable of the compose files that takes each."""
    numbers = count(1)
    with Output(json=options.json) as output:

        def emit(type_: str, message: str = "", **data: JsonValue) -> None:
            output.sink(Event(seq=next(numbers), time=now(), type=type_, message=message, data=data))

        found = ensure_images(workspace().create(), emit, offline=offline)
    output.table("images", [{"variable": name, "image": image} for name, image in sorted(found.items())])
    return EXIT_OK

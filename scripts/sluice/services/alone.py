"""A Build 1 service by itself: MCP over stdio for an editor or a coding agent, or REST and MCP on 127.0.0.1."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from sluice.core.environment import variable
from sluice.core.errors import SluiceError
from sluice.core.ports import HOST
from sluice.services.app import Service, log_level, service_app
from sluice.services.logs import configure_logging

Build = Callable[[str | None, Path | None], Service]


def run_alone(
    package: str, build: Callable[[str | None, Path | None], Service], arguments: Sequence[str], *, stores: bool
) -> int:
    """Serve until the client hangs up or a signal comes; returns the exit code.

    Args:
        package: what `python -m` is given, for the usage text.
        build: makes the service on a database URL (None: it needs none, or `DATABASE_URL` names it) and a directory
            for its files (None: it keeps nothing).
        arguments: the command line.
        stores: whether the service needs a database; without `DATABASE_URL` it then gets a private one.
    """
    options = _parser(package, stores=stores).parse_args(arguments)
    try:
        with ExitStack() as stack:
            url, data = None, options.data.expanduser().absolute() if stores else None
            if data and not variable("DATABASE_URL"):
                from sluice.services.private_database import private_database  # noqa: PLC0415 - rarely needed

                url = stack.enter_context(private_database(data))
            _serve(build(url, data), options)
    except SluiceError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _parser(package: str, *, stores: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=__doc__)
    face = parser.add_mutually_exclusive_group(required=True)
    face.add_argument("--stdio", action="store_true", help="MCP over standard input and output; logs go to stderr")
    face.add_argument("--port", type=int, help=f"REST and MCP (at /mcp/) on this port of {HOST}")
    if stores:
        home = Path(variable("XDG_DATA_HOME") or "~/.local/share") / "sluice"
        text = (
            f"where files are kept, and the private database that is used unless DATABASE_URL is set (default: {home})"
        )
        parser.add_argument("--data", type=Path, default=home, help=text.replace("%", "%%"))
    return parser


def _serve(service: Service, options: argparse.Namespace) -> None:
    if not options.stdio:
        uvicorn.run(service_app(service), host=HOST, port=options.port, access_log=False, log_config=None)
        return
    configure_logging(service.name, log_level(), sys.stderr)
    if service.database:
        service.database.migrate()
    try:
        service.server.run("stdio")
    finally:
        if service.database:
            service.database.close()

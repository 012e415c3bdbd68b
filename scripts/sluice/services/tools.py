"""MCP tools of the services: expected failures become error results that say why."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from sluice.core.errors import InputError
from sluice.services.failures import DATABASE_DOWN

P = ParamSpec("P")
R = TypeVar("R")
_log = logging.getLogger("sluice.tools")


def expose(server: MCPServer, function: Callable[P, R], *, unavailable: tuple[type[Exception], ...] = ()) -> None:
    """Make `function` a tool with its name, docstring and annotations; expected failures become error results.

    These are InputError, and `unavailable`, which say that the database is down.
    """

    @functools.wraps(function)
    def tool(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except InputError as error:
            raise ToolError(str(error)) from error
        except unavailable as error:
            _log.exception("tool %s", function.__name__)
            raise ToolError(DATABASE_DOWN) from error

    server.tool(structured_output=True)(tool)

"""Errors as the services answer them: `{detail}` JSON over REST, an error result over MCP."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from sluice.core.errors import InputError

DATABASE_DOWN: Final = "the database does not answer; try again later"
_log = logging.getLogger("sluice.failures")


class NotFoundError(InputError):
    """Nothing of that name is stored; 404."""


class ConflictError(InputError):
    """Something else is stored under that name; 409."""


class Problem(BaseModel):
    """Body of an error answer."""

    detail: str


def problem(status: HTTPStatus, description: str) -> dict[int | str, dict[str, Any]]:
    """One entry for `responses=` of a route."""
    return {int(status): {"model": Problem, "description": description}}


COMMON_PROBLEMS: Final = {
    **problem(HTTPStatus.BAD_REQUEST, "The body is not JSON"),
    **problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large"),
    **problem(HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer"),
}


def register_failures(app: FastAPI, unavailable: Iterable[type[Exception]] = ()) -> None:
    """Add the handlers of every error that a service answers; `unavailable` say that its database is down."""
    app.add_exception_handler(HTTPException, _http(app))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(InputError, _input)
    for kind in unavailable:
        app.add_exception_handler(kind, _database)
    app.add_exception_handler(Exception, _unexpected)


def _answer(status: int, detail: object, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers=dict(headers or {}))


def _item(message: str, loc: list[str | int], kind: str) -> dict[str, object]:
    return {"loc": loc, "msg": message, "type": kind}


def _http(app: FastAPI) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def handler(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(sorted(_allowed(app, request.url.path))) or headers.get("Allow", "")
        return _answer(error.status_code, error.detail, headers)

    return handler


def _allowed(app: FastAPI, path: str) -> set[str]:
    """Methods of all operations of this path; Starlette names only those of the first route."""
    operations = app.openapi().get("paths", {})
    return {
        method.upper()
        for template, item in operations.items()
        if compile_path(template)[0].match(path)
        for method in item
    }


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    # The rejected input is not echoed: it may be huge, secret, or not representable in JSON.
    items = [_item(e["msg"], [_printable(part) for part in e["loc"]], e["type"]) for e in error.errors()]
    malformed = any(e["type"] == "json_invalid" for e in error.errors())
    if malformed:
        return _answer(HTTPStatus.BAD_REQUEST, "the body is not JSON")
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, items)


def _printable(part: str | int) -> str | int:
    return part if isinstance(part, int) else part.encode("utf-8", "replace").decode()


async def _input(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, NotFoundError):
        return _answer(HTTPStatus.NOT_FOUND, str(error))
    if isinstance(error, ConflictError):
        return _answer(HTTPStatus.CONFLICT, str(error))
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, [_item(str(error), ["body"], "refused")])


async def _database(_request: Request, error: Exception) -> JSONResponse:
    _log.error("database: %s", error)
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE, DATABASE_DOWN)


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected error; the log of the service has the details")

"""Each Build 1 service under the calls of 64 clients at once, over REST and over MCP."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from sluice.commands.bench.figure import Figure, Topic
from sluice.commands.bench.load import Load, Request, ToolCall, over_mcp, over_rest
from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.http import poll_until_healthy
from sluice.core.ports import HOST, Ports
from sluice.model.base import JsonObject

CLIENTS: Final = 64
ROUNDS: Final = 3
START_TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Face:
    """What one service is asked; the calls get the client's number."""

    module: str
    rest: Callable[[int], Iterable[Request]]
    mcp: Callable[[int], Iterable[ToolCall]]


def _prd(client: int, round_: int) -> str:
    noun = f"thing{client}x{round_}"
    return (
        f"# {noun}\n\n## Services\n\n### {noun}-service\n\n- `POST /{noun}s` creates one\n- `GET /{noun}s` lists them\n"
    )


def _contract(client: int, round_: int, face: str) -> JsonObject:
    name = f"load-{face}-{client}-{round_}"
    document: JsonObject = {"openapi": "3.1.0", "info": {"title": name, "version": "1.0.0"}, "paths": {}}
    given: JsonObject = {"name": f"{name}.openapi", "service": name, "kind": "openapi", "version": "1.0.0"}
    return {**given, "document": document}


def _decompositions(client: int) -> Iterator[Request]:
    for number in range(ROUNDS):
        yield Request(method="POST", path="/api/architect/decompositions", body={"prd": _prd(client, number)})


def _decompose(client: int) -> Iterator[ToolCall]:
    for number in range(ROUNDS):
        yield ToolCall(tool="decompose", arguments={"prd": _prd(client, number)})


def _contracts(client: int) -> Iterator[Request]:
    for number in range(ROUNDS):
        new = _contract(client, number, "rest")
        yield Request(method="POST", path="/api/contracts", body=new)
        yield Request(method="GET", path=f"/api/contracts/{new['name']}")


def _create_contract(client: int) -> Iterator[ToolCall]:
    for number in range(ROUNDS):
        new = _contract(client, number, "mcp")
        yield ToolCall(tool="create_contract", arguments=new)
        yield ToolCall(tool="validate_spec", arguments={"name": new["name"]})
        yield ToolCall(tool="get_contract", arguments={"name": new["name"]})


def _trees(client: int) -> Iterator[Request]:
    for number in range(ROUNDS):
        files: list[JsonValue] = [{"path": "app/shop.py", "content": f"class Shop{client}x{number}:\n    pass\n"}]
        yield Request(method="PUT", path=f"/api/codebase/trees/load-{client}", body={"files": files})
        yield Request(method="GET", path=f"/api/codebase/definitions?symbol=Shop{client}x{number}")


def _register_artifact(client: int) -> Iterator[ToolCall]:
    for number in range(ROUNDS):
        content = f"class Shop{client}y{number}:\n    pass\n"
        arguments: JsonObject = {"service": f"load-mcp-{client}", "path": "app/shop.py", "content": content}
        yield ToolCall(tool="register_artifact", arguments=arguments)
        yield ToolCall(tool="find_definition", arguments={"symbol": f"Shop{client}y{number}"})


FACES: Final = (
    Face(module="architect", rest=_decompositions, mcp=_decompose),
    Face(module="contract_engine", rest=_contracts, mcp=_create_contract),
    Face(module="codebase_intelligence", rest=_trees, mcp=_register_artifact),
)


def load_of(face: Face, url: str) -> dict[str, Load]:
    """Both kinds of load on a running service, one after the other."""
    return {
        "REST": asyncio.run(over_rest(url, CLIENTS, face.rest)),
        "MCP": asyncio.run(over_mcp(url, CLIENTS, face.mcp)),
    }


def measure(directory: Path) -> Iterable[Figure]:
    """The 99th percentile of each service's answers, and the calls that failed."""
    for face in FACES:
        with _running(face, directory) as url:
            for kind, load in load_of(face, url).items():
                what = f"{face.module}, {CLIENTS} clients over {kind}"
                yield Figure(name=f"{what}: p99", value=1000 * load.p99, unit="ms", aim="-")
                yield Figure(name=f"{what}: failures", value=len(load.failures), unit="", aim="0")


@contextmanager
def _running(face: Face, directory: Path) -> Iterator[str]:
    port = Ports().choose().port
    argv = [sys.executable, "-m", f"sluice.services.{face.module}", "--port", str(port)]
    stores = [] if face.module == "architect" else ["--data", str(directory / "data")]
    log = directory / f"{face.module}.log"
    handle = proc.spawn([*argv, *stores], name=face.module, run_id="", log=log, cwd=directory, env=child_environment())
    try:
        url = f"http://{HOST}:{port}"
        if not poll_until_healthy(url, timeout=START_TIMEOUT_S).healthy:
            raise EnvironmentFailure(f"{face.module} does not start", details=log.read_text().splitlines()[-10:])
        yield url
    finally:
        proc.stop(handle)


TOPIC: Final = Topic(name="services", help=f"Build 1 services under {CLIENTS} clients", measure=measure)

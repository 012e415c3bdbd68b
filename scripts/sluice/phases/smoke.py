"""Phase 2: every MCP tool that later phases call is listed, answers a good call as declared, and rejects a bad one."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import jsonschema_rs

from sluice.core.errors import ServiceCallFailed
from sluice.core.mcp import McpServer, Tool, ToolRejected
from sluice.engine.phase import Context, Outcome, Phase
from sluice.engine.stack import ARCHITECT, BUILD1, CODEBASE_INTELLIGENCE, CONTRACT_ENGINE
from sluice.model.base import JsonObject
from sluice.model.health import SmokeCall, SmokeReport, StackHealth

_NAME: Final = "smoke-probe"
_PRD: Final = """# Smoke probe

## Services

### echo-service

Keeps messages.

- `POST /messages` stores a message
- `GET /messages` lists messages

## Entities

### Message

Owned by echo-service.

| field | type | required |
|---|---|---|
| id | uuid | yes |
| text | string | yes |
"""
_DOCUMENT: Final[JsonObject] = {
    "openapi": "3.1.0",
    "info": {"title": _NAME, "version": "1.0.0"},
    "paths": {"/health": {"get": {"responses": {"200": {"description": "It is up"}}}}},
}
_CONTRACT: Final[JsonObject] = {"name": f"{_NAME}.openapi", "version": "1.0.0"}
_SOURCE: Final[JsonObject] = {"service": _NAME, "path": "app/probe.py", "content": "def smoke_probe() -> None: ...\n"}


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A call that must succeed, with what must hold of its answer, and one that must be rejected."""

    server: str
    tool: str
    good: JsonObject
    holds: Callable[[JsonObject], bool]
    bad: JsonObject


def _found(answer: JsonObject) -> bool:
    definitions = answer.get("definitions")
    return isinstance(definitions, list) and any(isinstance(d, dict) and d.get("service") == _NAME for d in definitions)


# In this order for each server: what is registered first is asked for afterwards.
PROBES: Final = (
    Probe(
        server=ARCHITECT,
        tool="decompose",
        good={"prd": _PRD},
        holds=lambda answer: bool(answer.get("service_map")),
        bad={"prd": ""},
    ),
    Probe(
        server=CONTRACT_ENGINE,
        tool="create_contract",
        good={**_CONTRACT, "service": _NAME, "kind": "openapi", "document": _DOCUMENT},
        holds=lambda answer: answer.get("document") == _DOCUMENT,
        bad={**_CONTRACT, "service": _NAME, "kind": "asyncapi", "document": _DOCUMENT},
    ),
    Probe(
        server=CONTRACT_ENGINE,
        tool="validate_spec",
        good=_CONTRACT,
        holds=lambda answer: answer.get("valid") is True,
        bad={},
    ),
    Probe(
        server=CONTRACT_ENGINE,
        tool="get_contract",
        good=_CONTRACT,
        holds=lambda answer: answer.get("document") == _DOCUMENT,
        bad={**_CONTRACT, "version": "0.0.0-none"},
    ),
    Probe(
        server=CONTRACT_ENGINE,
        tool="list_contracts",
        good={"service": _NAME},
        holds=lambda answer: bool(answer.get("contracts")),
        bad={"service": "../none"},
    ),
    Probe(
        server=CODEBASE_INTELLIGENCE,
        tool="register_artifact",
        good=_SOURCE,
        holds=lambda answer: answer.get("definitions") == 1,
        bad={**_SOURCE, "path": "../outside.py"},
    ),
    Probe(
        server=CODEBASE_INTELLIGENCE,
        tool="find_definition",
        good={"symbol": "smoke_probe"},
        holds=_found,
        bad={"symbol": ""},
    ),
)


def run(ctx: Context) -> Outcome:
    """Try every tool, the servers side by side."""
    urls = ctx.stack.up().services
    with ThreadPoolExecutor(max_workers=len(BUILD1)) as pool:
        groups = pool.map(lambda name: try_server(urls.get(name, ""), [p for p in PROBES if p.server == name]), BUILD1)
        report = SmokeReport(calls=tuple(call for group in groups for call in group))
    for call in report.calls:
        told = "works" if call.ok else call.detail
        ctx.emit("tool.tried", f"{call.server} {call.tool} {told}", server=call.server, tool=call.tool, ok=call.ok)
    refused = judge(report)
    hint = "is the service of another version? `invoke logs` shows what it did" if refused else ""
    return Outcome(artifacts=(report,), refused=refused, hint=hint, note=f"{len(report.calls)} tools work")


def try_server(url: str, probes: Sequence[Probe]) -> list[SmokeCall]:
    """How each probe of one server went; never raises for what the server does."""
    with McpServer(f"{url}/mcp/") as server:
        try:
            server.tools()
        except ServiceCallFailed as error:
            return [_call(probe, detail=error.brief) for probe in probes]
        return [_try_tool(server, probe) for probe in probes]


def _try_tool(server: McpServer, probe: Probe) -> SmokeCall:
    tool = server.tools().get(probe.tool)
    if tool is None:
        return _call(probe, detail="is not listed")
    if missing := probe.good.keys() - _parameters(tool):
        return _call(probe, listed=True, detail=f"does not take {', '.join(sorted(missing))}")
    fault = _good(server, probe, tool.output_schema)
    accepted = _bad(server, probe)
    detail = "; ".join(filter(None, (fault, accepted)))
    return _call(probe, listed=True, answered=not fault, rejects_bad=not accepted, detail=detail)


def _parameters(tool: Tool) -> set[str]:
    properties = tool.input_schema.get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def _call(
    probe: Probe, *, listed: bool = False, answered: bool = False, rejects_bad: bool = False, detail: str
) -> SmokeCall:
    return SmokeCall(
        server=probe.server,
        tool=probe.tool,
        listed=listed,
        answered=answered,
        rejects_bad=rejects_bad,
        detail=detail,
    )


def _good(server: McpServer, probe: Probe, schema: JsonObject | None) -> str:
    """What is wrong with the answer to the good call, '' when nothing is."""
    if schema is None:
        return "declares no output schema"
    try:
        answer = server.call(probe.tool, probe.good)
        faults = [error.message for error in jsonschema_rs.validator_for(schema, offline=True).iter_errors(answer)]
    except ServiceCallFailed as error:
        return f"does not answer a good call: {error.details[0] if error.details else error.brief}"
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        return f"declares an output schema that is none: {error}"
    if faults:
        return f"does not answer as it declares: {faults[0]}"
    return "" if probe.holds(answer) else "answers a good call, but not what was asked"


def _bad(server: McpServer, probe: Probe) -> str:
    """Why a bad call was not rejected, '' when it was."""
    try:
        server.call(probe.tool, probe.bad)
    except ToolRejected:
        return ""
    except ServiceCallFailed as error:
        return f"breaks on a bad call: {error.details[0] if error.details else error.brief}"
    return "accepts a bad call"


def judge(report: SmokeReport, probes: Iterable[Probe] = PROBES) -> str:
    """Why the gate refuses, '' when every tool was tried and works."""
    tried = {(call.server, call.tool): call for call in report.calls}
    faults = []
    for probe in probes:
        call = tried.get((probe.server, probe.tool))
        if call is None or not call.ok:
            faults.append(f"{probe.server}: {probe.tool} {call.detail if call else 'was not tried'}")
    return "; ".join(faults)


PHASE: Final = Phase(
    number=2,
    name="smoke",
    help="the MCP tools of the three services work",
    consumes=(StackHealth,),
    produces=(SmokeReport,),
    run=run,
)

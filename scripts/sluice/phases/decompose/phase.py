"""Phase 3: the Architect turns the PRD into services, entities and contract stubs; the gate counts and checks them."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from pydantic import ValidationError

from sluice.core.errors import InputError, ServiceCallFailed, SluiceError
from sluice.core.mcp import McpServer, ToolRejected
from sluice.engine.phase import Context, Outcome
from sluice.engine.stack import ARCHITECT
from sluice.model.base import JsonObject
from sluice.model.decomposition import Decomposition
from sluice.phases.decompose import suggestion

DECOMPOSE_TIMEOUT_S = 120.0


def run(ctx: Context) -> Outcome:
    """Ask the Architect over MCP, then judge its answer."""
    arguments: JsonObject = {"prd": ctx.prd}
    suggested = suggestion.obtain(ctx.prd, ctx.settings, ctx.run.root / suggestion.RECORDING, ctx.emit)
    if suggested is not None:
        arguments["suggestion"] = suggested.model_dump(mode="json")
    url = ctx.stack.up().services[ARCHITECT]
    with McpServer(f"{url}/mcp/") as architect:
        try:
            answer = architect.call("decompose", arguments, timeout=DECOMPOSE_TIMEOUT_S)
        except ToolRejected as error:
            raise _refusal(error) from error
    try:
        decomposition = Decomposition.model_validate(answer)
    except ValidationError as error:
        details = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:10]]
        hint = "is the architect of another version? `invoke logs architect` shows what it did"
        raise ServiceCallFailed("the architect's answer is not a decomposition", details=details, hint=hint) from error
    services, entities = decomposition.service_map.services, decomposition.domain_model.entities
    note = f"{len(services)} services, {len(entities)} entities, {len(decomposition.questions)} open questions"
    for question in decomposition.questions:
        ctx.emit("decompose.question", f"open question on {question.about}: {question.question}")
    refused = judge(decomposition, min_services=ctx.settings.min_services, min_entities=ctx.settings.min_entities)
    hint = "add what is missing to the PRD: a list of services, and their entities with fields" if refused else ""
    return Outcome(artifacts=(decomposition,), refused=refused, hint=hint, note=note)


def _refusal(error: ToolRejected) -> SluiceError:
    """What the Architect has against the document, as an error of its author; any other error is kept."""
    said, told, hint = error.text.partition("\nWhat to do: ")
    first, *details = said.splitlines() or [""]
    return (
        InputError(f"the Architect refused the PRD: {first}", details=[line.strip() for line in details], hint=hint)
        if told
        else error
    )


def judge(decomposition: Decomposition, *, min_services: int, min_entities: int) -> str:
    """Why the gate refuses, '' when it passes."""
    services, entities = decomposition.service_map.services, decomposition.domain_model.entities
    if len(services) < min_services:
        return f"{len(services)} services were found, at least {min_services} are needed"
    if len(entities) < min_entities:
        return f"{len(entities)} entities were found, at least {min_entities} are needed"
    dangling = sorted(unresolved(decomposition))
    if dangling:
        return f"references that lead nowhere: {'; '.join(dangling[:5])}"
    circle = cycle({service.name: service.depends_on for service in services})
    return f"services depend on each other in a circle: {' -> '.join(circle)}" if circle else ""


def unresolved(decomposition: Decomposition) -> Iterator[str]:
    """Names that are used and not defined, as `user: name`."""
    services = {service.name for service in decomposition.service_map.services}
    entities = {entity.name for entity in decomposition.domain_model.entities}
    events = {event.name for event in decomposition.events}
    for service in decomposition.service_map.services:
        yield from _missing(service.name, service.depends_on, services)
        yield from _missing(service.name, service.entities, entities)
        yield from _missing(service.name, (*service.publishes, *service.consumes), events)
    for entity in decomposition.domain_model.entities:
        yield from _missing(entity.name, (entity.owner,), services)
        yield from _missing(entity.name, [field.references for field in entity.fields if field.references], entities)
    for event in decomposition.events:
        yield from _missing(event.name, (*filter(None, [event.publisher]), *event.consumers), services)


def cycle(graph: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names of one dependency circle, [] when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _missing(user: str, names: "tuple[str, ...] | list[str]", known: set[str]) -> Iterator[str]:
    return (f"{user}: {name}" for name in names if name not in known)

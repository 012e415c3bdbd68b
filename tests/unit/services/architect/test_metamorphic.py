"""One system, written down in many ways, is one and the same system."""

from itertools import permutations

import pytest

from sluice.services.architect.decompose import decompose

SERVICES = {
    "crop-service": ("Fields and what grows on them", ["Plot", "Crop"]),
    "tool-service": ("Tools that can be borrowed", ["Tool"]),
    "rota-service": ("Who waters when", ["Shift"]),
}
ENTITIES = {
    "Plot": [("id", "uuid", "yes"), ("label", "string", "yes"), ("square_metres", "integer", "no")],
    "Crop": [("id", "uuid", "yes"), ("name", "string", "yes"), ("sown_on", "date", "yes")],
    "Tool": [("id", "uuid", "yes"), ("name", "string", "yes"), ("broken", "boolean", "yes")],
    "Shift": [("id", "uuid", "yes"), ("gardener_email", "email", "yes"), ("starts_at", "datetime", "yes")],
}
ENDPOINTS = {
    "crop-service": ["POST /plots", "GET /plots", "GET /plots/{id}", "POST /crops"],
    "tool-service": ["POST /tools", "GET /tools", "PATCH /tools/{id}"],
    "rota-service": ["POST /shifts", "GET /shifts", "DELETE /shifts/{id}"],
}
EVENTS = {
    "CropSown": ("crop-service", ["rota-service"]),
    "ToolBroken": ("tool-service", ["rota-service", "crop-service"]),
}
HEADINGS = {"services": "Services", "entities": "Data model", "endpoints": "Endpoints", "events": "Events"}


def table(header, rows):
    return "\n".join([f"| {' | '.join(header)} |", "|---" * len(header) + "|", *(f"| {' | '.join(r)} |" for r in rows)])


def services_table(level):  # noqa: ARG001 - every style takes the level of headings
    return table(
        ["Service", "Responsibility", "Owns"],
        [(name, why, ", ".join(owned)) for name, (why, owned) in SERVICES.items()],
    )


def services_bullets(level):  # noqa: ARG001 - as above
    return "\n".join(f"- **{name}**: {why}. Owns {', '.join(owned)}." for name, (why, owned) in SERVICES.items())


def services_headings(level):
    return "\n\n".join(
        f"{level}# {name}\n\n{why}.\n\nOwns: {', '.join(owned)}" for name, (why, owned) in SERVICES.items()
    )


def entities_tables(level):
    return "\n\n".join(
        f"{level}# {name}\n\n{table(['Field', 'Type', 'Required'], fields)}" for name, fields in ENTITIES.items()
    )


def entities_bullets(level):
    def line(name, kind, required):
        return f"- {name}: {kind}, {'required' if required == 'yes' else 'optional'}"

    return "\n\n".join(
        f"{level}# {name}\n\n" + "\n".join(line(*field) for field in fields) for name, fields in ENTITIES.items()
    )


def entities_one_table(level):  # noqa: ARG001 - as above
    return table(
        ["Entity", "Field", "Type", "Required"],
        [(name, *field) for name, fields in ENTITIES.items() for field in fields],
    )


def endpoints_table(level):  # noqa: ARG001 - as above
    rows = [(service, *endpoint.split()) for service, several in ENDPOINTS.items() for endpoint in several]
    return table(["Service", "Method", "Path"], rows)


def endpoints_bullets(level):
    return "\n\n".join(
        f"{level}# {service}\n\n" + "\n".join(f"- `{endpoint}`" for endpoint in several)
        for service, several in ENDPOINTS.items()
    )


def events_table(level):  # noqa: ARG001 - as above
    return table(["Event", "Publisher", "Consumers"], [(name, by, ", ".join(to)) for name, (by, to) in EVENTS.items()])


def events_bullets(level):  # noqa: ARG001 - as above
    return "\n".join(
        f"- **{name}**: published by {by}, consumed by {' and '.join(to)}" for name, (by, to) in EVENTS.items()
    )


def events_arrows(level):  # noqa: ARG001 - as above
    return "\n".join(f"- `{name}`: {by} → {', '.join(to)}" for name, (by, to) in EVENTS.items())


PLAIN = {
    "services": services_table,
    "entities": entities_tables,
    "endpoints": endpoints_table,
    "events": events_table,
}


def written(*, order=tuple(PLAIN), headings=HEADINGS, level="##", intro="What a community garden needs.", **styles):
    parts = [f"{level} {headings[part]}\n\n{({**PLAIN, **styles}[part])(level)}\n" for part in order]
    return "\n".join([f"# Garden\n\n{intro}\n", *parts])


def facts(text):
    found = decompose(text)
    return (
        {
            (service.name, frozenset(f"{e.method} {e.path}" for e in service.endpoints))
            for service in found.service_map.services
        },
        {
            (entity.name, entity.owner, frozenset((f.name, f.type, f.required) for f in entity.fields))
            for entity in found.domain_model.entities
        },
        {(event.name, event.publisher, frozenset(event.consumers)) for event in found.events},
    )


@pytest.fixture(scope="module")
def known():
    services = {(name, frozenset(endpoints)) for name, endpoints in ENDPOINTS.items()}
    owners = {entity: name for name, (_, owned) in SERVICES.items() for entity in owned}
    entities = {
        (name, owners[name], frozenset((field, kind, required == "yes") for field, kind, required in fields))
        for name, fields in ENTITIES.items()
    }
    return services, entities, {(name, by, frozenset(to)) for name, (by, to) in EVENTS.items()}


@pytest.mark.parametrize("order", list(permutations(PLAIN)), ids=" ".join)
def test_the_order_of_sections_changes_nothing(known, order):
    assert facts(written(order=order)) == known


@pytest.mark.parametrize(
    "names",
    [
        ("Microservices", "Entities", "API", "Event flow"),
        ("3. System components", "4. Domain model", "5. REST API", "6. Domain events"),
        ("SERVICES", "DATA MODEL", "HTTP endpoints", "Messages"),
        ("Service overview", "Data entities", "API endpoints", "Events between services"),
        ("Backend services", "Database schema", "Interfaces", "Asynchronous events"),
    ],
    ids=lambda names: names[0],
)
def test_the_names_of_sections_change_nothing(known, names):
    assert facts(written(headings=dict(zip(PLAIN, names, strict=True)))) == known


@pytest.mark.parametrize("level", ["#", "##", "###", "####", "#####"])
def test_the_level_of_headings_changes_nothing(known, level):
    assert facts(written(level=level)) == known


@pytest.mark.parametrize("services", [services_table, services_bullets, services_headings])
@pytest.mark.parametrize("entities", [entities_tables, entities_bullets, entities_one_table])
@pytest.mark.parametrize("endpoints", [endpoints_table, endpoints_bullets])
@pytest.mark.parametrize("events", [events_table, events_bullets, events_arrows])
def test_tables_bullets_and_sections_say_the_same(known, services, entities, endpoints, events):
    assert facts(written(services=services, entities=entities, endpoints=endpoints, events=events)) == known


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(lambda text: f"\ufeff{text}", id="byte order mark"),
        pytest.param(lambda text: text.replace("\n\n", "\n\n\n\n"), id="more empty lines"),
        pytest.param(lambda text: text.replace(" |\n", " |   \n"), id="spaces at line ends"),
        pytest.param(lambda text: f"---\ntitle: Garden\nowner: product\n---\n\n{text}", id="front matter"),
        pytest.param(lambda text: f"{text}\n## Out of scope\n\n- payment-service\n", id="an excluded service"),
        pytest.param(
            lambda text: f"{text}\n## Glossary\n\n| Term | Meaning |\n|---|---|\n| Weed | A plant |\n", id="glossary"
        ),
    ],
)
def test_what_says_nothing_of_the_system_changes_nothing(known, change):
    assert facts(change(written())) == known

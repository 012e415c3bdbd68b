"""A very long PRD with its truth: an airport's ground operations, padded with the prose of a real one."""

from itertools import count
from typing import Final

from sluice.commands.bench.truth import Document, TrueEntity, TrueEvent, Truth

LONG_BYTES: Final = 200 * 1024
# service: responsibility, then its entities with their fields
_SERVICES: Final = {
    "stand-planner": (
        "Which aircraft stands where and when",
        {"Stand": "code size bridge", "StandPlan": "stand_id from_time"},
    ),
    "turnaround-service": (
        "The steps between landing and take-off",
        {"Turnaround": "flight_number due_at", "Step": "turnaround_id kind"},
    ),
    "baggage-service": ("Bags, belts and what is lost between them", {"Bag": "tag weight_kg", "Belt": "label hall"}),
    "fuel-service": (
        "Fuel orders and what was really pumped",
        {"FuelOrder": "litres stand_code", "Refill": "fuel_order_id litres"},
    ),
    "catering-service": (
        "Meals that are loaded, and what comes back",
        {"Trolley": "seal position", "MealPlan": "flight_number meals"},
    ),
    "crew-roster": ("Ground crews and their shifts", {"Worker": "badge name", "Shift": "worker_id starts_at"}),
    "deicing-service": (
        "Requests in winter and the fluid that is used",
        {"Treatment": "tail_sign litres", "Tank": "label level_litres"},
    ),
    "gate-service": ("Gates, boarding and calls", {"Gate": "number terminal", "BoardingCall": "gate_id said_at"}),
    "equipment-service": (
        "Tugs, stairs and belts on wheels",
        {"Vehicle": "callsign kind", "Inspection": "vehicle_id done_on"},
    ),
    "incident-service": (
        "What went wrong, and who looks into it",
        {"Incident": "severity summary", "Finding": "incident_id text"},
    ),
}
_OPINIONS: Final = """
Operations asked for this in the workshop in spring, and again in the review of the pilot: whoever is on duty sees
{noun} only after somebody has called, and by then the aircraft has moved.

We looked at how three other airports treat {noun}. Two of them keep a spreadsheet, the third one bought a product
that nobody uses at night, because it needs four screens to answer one question.

To different people {noun} means different things; in this document it means what the table above says, and nothing
else.

Accuracy matters more than speed here. If {noun} cannot be known for certain, the screen shows that it is unknown
instead of showing the last value as if it were fresh.

On a normal day there are some {number} changes; on the first day of the holidays there are four times as many, and
this is the day by which we will be judged.

Retention is thirteen months, after which personal data is removed and the counts are kept for the yearly report.

A supervisor may correct a record; the correction is kept beside the original, with the reason in one sentence.

Nobody expects this to work while the data centre is down, but everybody expects it to come back without a hand
being moved.

The union wants to see what is stored about {noun}; a printout on request is enough, no screen is needed.

A separate archive-service for {noun} was proposed in round {number} and rejected: we will not build it.

Open since round {number}: should a hand-held device show {noun} while it has no connection? The group was split, so
the answer is left to the pilot.
"""


def long_prd(size: int = LONG_BYTES) -> Document:
    """An explicit document of at least `size` bytes; the same one every time."""
    parts = [
        "# Ground operations\n\nTen services replace the binder, the radio and three spreadsheets.\n\n## Services\n",
        "| Service | Responsibility | Owns |\n|---|---|---|",
        *(f"| {name} | {why} | {', '.join(owned)} |" for name, (why, owned) in _SERVICES.items()),
    ]
    numbers = count(1)
    for number, service in enumerate(_SERVICES, 4):
        parts.append(_chapter(number, service))
    parts += ["\n## 20 Events\n", "| Event | Publisher | Consumers |\n|---|---|---|"]
    parts += [f"| {name} | {event.publisher} | {', '.join(event.consumers)} |" for name, event in _events().items()]
    parts.append("\n## 30 Minutes of the workshops\n")
    length = sum(len(part) + 1 for part in parts)
    while length <= size:
        parts.append(_round(next(numbers)))
        length += len(parts[-1]) + 1
    return Document(name="long", text="\n".join(parts), truth=_truth())


def _chapter(number: int, service: str) -> str:
    lines = [f"\n## {number} {service}\n"]
    for section, (entity, fields) in enumerate(_SERVICES[service][1].items(), 1):
        lines += [f"\n### {number}.{section} {entity}\n", "| Field | Type | Required |\n|---|---|---|"]
        lines += [f"| {name} | {_type(name)} | yes |" for name in ("id", *fields.split())]
        lines.append("")
        lines += [f"{text}\n" for text in _prose(entity, number + section)]
        lines += [f"- `{endpoint}`" for endpoint in _endpoints(entity)]
    return "\n".join(lines)


def _round(number: int) -> str:
    nouns = [entity for _, owned in _SERVICES.values() for entity in owned]
    noun = nouns[number % len(nouns)]
    return "\n\n".join(
        [f"\n### Round {number}", *_prose(noun, number), *_prose(nouns[-number % len(nouns)], number + 5)]
    )


def _prose(noun: str, seed: int) -> list[str]:
    opinions = _OPINIONS.strip().split("\n\n")
    chosen = [opinions[(seed * step + step) % len(opinions)] for step in (1, 3, 7)]
    return [text.format(noun=f"a {_words(noun)}", number=seed * 7 % 90 + 10) for text in chosen]


def _type(field: str) -> str:
    known = {"id": "uuid", "at": "datetime", "time": "datetime", "on": "date", "litres": "integer", "kg": "number"}
    return known.get(field.rsplit("_", 1)[-1], "string")


def _endpoints(entity: str) -> tuple[str, ...]:
    path = _words(entity).replace(" ", "-") + "s"
    return f"POST /{path}", f"GET /{path}", f"GET /{path}/{{id}}"


def _words(entity: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in entity).strip()


def _events() -> dict[str, TrueEvent]:
    names = list(_SERVICES)
    firsts = [next(iter(owned)) for _, owned in _SERVICES.values()]
    return {
        f"{entity}Changed": TrueEvent(publisher=name, consumers=(names[(index + 1) % len(names)],))
        for index, (name, entity) in enumerate(zip(names, firsts, strict=True))
    }


def _truth() -> Truth:
    return Truth(
        form="explicit",
        language="en",
        why="Few facts in a sea of prose.",
        services=dict.fromkeys(_SERVICES, ()),
        entities={
            entity: TrueEntity(owner=service, fields=("id", *fields.split()))
            for service, (_, owned) in _SERVICES.items()
            for entity, fields in owned.items()
        },
        endpoints={
            service: tuple(endpoint for entity in owned for endpoint in _endpoints(entity))
            for service, (_, owned) in _SERVICES.items()
        },
        events=_events(),
    )

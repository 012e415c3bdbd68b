"""How much of the truth about a PRD the Architect found, and how much of what it found is true.

`python -m sluice.commands.bench.scoring [NAME …]` prints for each document of the corpus what was missed, added or
misplaced.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sluice.commands.bench.truth import Document, Truth, corpus
from sluice.model.decomposition import Decomposition
from sluice.services.architect.decompose import decompose
from sluice.services.architect.errors import PrdRefused

KINDS: Final = ("services", "entities", "endpoints", "events", "links", "fields")
OPEN_ENDPOINT: Final = "GET /health"
UNSTATED_FIELDS: Final = frozenset({"id", "createdat", "updatedat"})
OVERLAP: Final = 0.5


@dataclass(frozen=True)
class Tally:
    """How many were found, how many of these are right, and how many there are."""

    found: int = 0
    right: int = 0
    expected: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.found + other.found, self.right + other.right, self.expected + other.expected)

    @property
    def precision(self) -> float:
        """The share of the found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the expected that was found; 1 where nothing was expected."""
        return self.right / self.expected if self.expected else 1.0


@dataclass
class Score:
    """One document's tallies by kind, and its misses as lines for people."""

    tallies: dict[str, Tally] = field(default_factory=lambda: dict.fromkeys(KINDS, Tally()))
    misses: list[str] = field(default_factory=list)

    def count(self, kind: str, found: Iterable[str], expected: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Add sets of names; what is only optional counts neither way."""
        wanted = set(expected)
        had = set(found) - (set(optional) - wanted)
        self.tallies[kind] += Tally(len(had), len(had & wanted), len(wanted))
        self.misses += [f"missing {kind}: {name}" for name in sorted(wanted - had)]
        self.misses += [f"extra {kind}: {name}" for name in sorted(had - wanted)]


def judge(document: Document) -> Score:
    """Give the document to the Architect and score its answer; a refusal finds nothing."""
    try:
        found = decompose(document.text)
    except PrdRefused as refusal:
        score = compare(document.truth, None)
        if document.truth.form != "refusal":
            score.misses.append(f"refused: {refusal.brief}")
        return score
    return compare(document.truth, found)


def compare(truth: Truth, found: Decomposition | None) -> Score:
    """Score an answer (None: the document was refused) against the truth."""
    score = Score()
    answer = _Answer(found, truth)
    optional = truth.optional
    score.count(
        "services",
        answer.services.values(),
        truth.services,
        [name for name in answer.services.values() if name_key(name) in set(map(name_key, optional.services))],
    )
    score.count("entities", answer.entities, map(flat, truth.entities), map(flat, optional.entities))
    if "endpoints" not in truth.unscored:
        score.count("endpoints", answer.endpoints, _paths(truth), map(path_key, (*optional.endpoints, OPEN_ENDPOINT)))
    if "events" not in truth.unscored:
        score.count("events", answer.events, map(flat, truth.events), map(flat, optional.events))
    _links(score, answer, truth)
    if "fields" not in truth.unscored:
        _fields(score, answer, truth)
    return score


def total(scores: Iterable[Score]) -> dict[str, Tally]:
    """The sums by kind (micro average)."""
    sums = dict.fromkeys(KINDS, Tally())
    for score in scores:
        sums = {kind: sums[kind] + score.tallies[kind] for kind in KINDS}
    return sums


class _Answer:
    """An answer in the names of the truth: each service is called as the true one that it stands for."""

    def __init__(self, found: Decomposition | None, truth: Truth) -> None:
        services = found.service_map.services if found else ()
        entities = found.domain_model.entities if found else ()
        alias = {flat(other): flat(name) for name, entity in truth.entities.items() for other in entity.aliases}
        self.fields = {alias.get(flat(e.name), flat(e.name)): [f.name for f in e.fields] for e in entities}
        owned: dict[str, set[str]] = {service.name: set() for service in services}
        for entity in entities:
            owned.setdefault(entity.owner, set()).add(alias.get(flat(entity.name), flat(entity.name)))
        for service in services:
            owned[service.name] |= {path_key(f"{e.method} {e.path}") for e in service.endpoints}
        self.services = matched(truth, owned)
        name = self.services.get
        self.entities = {alias.get(flat(e.name), flat(e.name)): name(e.owner, e.owner) for e in entities}
        self.endpoints = {
            path_key(f"{endpoint.method} {endpoint.path}"): name(service.name, service.name)
            for service in services
            for endpoint in service.endpoints
        }
        self.events = {
            flat(event.name): {
                *([f"publisher {name(event.publisher, event.publisher)}"] if event.publisher else []),
                *(f"consumer {name(consumer, consumer)}" for consumer in event.consumers),
            }
            for event in (found.events if found else ())
        }


def matched(truth: Truth, owned: Mapping[str, set[str]]) -> dict[str, str]:
    """The true service that each found one stands for, else its own name.

    A name or an alias decides; where the document names no service, also what it owns (entities and endpoints).
    """
    key = name_key if truth.form == "implicit" else str
    known = {key(other): name for name, aliases in truth.services.items() for other in (name, *aliases)}
    best = {known[key(name)]: name for name in sorted(owned, reverse=True) if key(name) in known}
    pairs = {name: true for true, name in best.items()}
    if truth.form == "implicit":
        mine = _owned(truth)
        everything = set().union(*mine.values())
        candidates = sorted(
            (-_overlap(owned[name] & everything, mine[true]), true, name) for name in owned for true in mine
        )
        for overlap, true, name in candidates:
            if -overlap >= OVERLAP and name not in pairs and true not in pairs.values():
                pairs[name] = true
    return {name: pairs.get(name, name) for name in owned}


def _owned(truth: Truth) -> dict[str, set[str]]:
    """What each true service owns, as keys."""
    return {
        service: {flat(name) for name, entity in truth.entities.items() if entity.owner == service}
        | set(map(path_key, truth.endpoints.get(service, ())))
        for service in truth.services
    }


def _links(score: Score, answer: _Answer, truth: Truth) -> None:
    """Owners of entities and endpoints, both ends of events: of what was found rightly."""
    loose = {name for name in answer.services.values() if name_key(name) in set(map(name_key, truth.optional.services))}
    owners = {flat(name): entity.owner for name, entity in truth.entities.items()} | _paths(truth)
    for name, owner in (answer.entities | answer.endpoints).items():
        if name in owners and owner not in loose:
            score.count("links", [f"{name} of {owner}"], [f"{name} of {owners[name]}"])
    if "events" in truth.unscored:
        return
    for event, true in truth.events.items():
        if flat(event) in answer.events:
            ends = {f"publisher {true.publisher}", *(f"consumer {consumer}" for consumer in true.consumers)}
            had = answer.events[flat(event)]
            score.count("links", (f"{event} {end}" for end in had), (f"{event} {end}" for end in ends))


def _fields(score: Score, answer: _Answer, truth: Truth) -> None:
    optional = {".".join(map(flat, name.split("."))) for name in truth.optional.fields}
    for name, entity in truth.entities.items():
        if entity.fields and flat(name) in answer.fields:
            loose = {f"{flat(name)}.{unstated}" for unstated in UNSTATED_FIELDS}
            had = (f"{flat(name)}.{flat(one)}" for one in answer.fields[flat(name)])
            score.count("fields", had, (f"{flat(name)}.{flat(one)}" for one in entity.fields), loose | optional)


def _paths(truth: Truth) -> dict[str, str]:
    return {path_key(endpoint): service for service, owned in truth.endpoints.items() for endpoint in owned}


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def flat(name: str) -> str:
    """A name without case, accents and separators: `order.placed`, `OrderPlaced` and `order_placed` are one."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain.casefold() if char.isalnum())


def name_key(service: str) -> str:
    """A service's name without the word service."""
    return flat(re.sub(r"-(service|svc|api)$|^(service|servicio|servico|layanan)-(de-)?", "", service))


def path_key(endpoint: str) -> str:
    """`METHOD /path` without query, closing slash and the names of parameters."""
    method, _, path = endpoint.partition(" ")
    return f"{method.upper()} {re.sub(r'[{:<][^/]*', '{}', path.partition('?')[0]).rstrip('/') or '/'}"


def main(names: Sequence[str]) -> int:
    """Print the misses of the documents called `names`, or of all, and the sums of each form."""
    scores: dict[str, list[Score]] = {}
    for document in corpus():
        if names and document.name not in names:
            continue
        score = judge(document)
        scores.setdefault(document.truth.form, []).append(score)
        sys.stdout.write(f"{document.name} ({document.truth.form}, {document.truth.language})\n")
        sys.stdout.writelines(f"  {miss}\n" for miss in score.misses)
    for form, several in scores.items():
        for kind, tally in total(several).items():
            line = f"{form:9} {kind:10} precision {tally.precision:.3f} recall {tally.recall:.3f} of {tally.expected}\n"
            sys.stdout.write(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

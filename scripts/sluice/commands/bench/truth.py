"""What a person says a PRD holds, and the corpus of such pairs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from sluice.core.errors import InputError
from sluice.model.base import Model

CORPUS: Final = Path("tests/data/prds/corpus")
TRUTH_SUFFIX: Final = ".truth.json"
Form = Literal["explicit", "implicit", "refusal"]


class TrueEntity(Model):
    """An entity, the service that owns it, its fields as far as the text gives any, and names that are as good."""

    owner: str
    fields: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class TrueEvent(Model):
    """An event and the services at both ends."""

    publisher: str | None
    consumers: tuple[str, ...] = ()


class Loose(Model):
    """What a reader may find or leave out; counts neither way.  Fields are `Entity.field`."""

    services: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


class Truth(Model):
    """What a senior engineer would extract: canonical service names with their aliases, the rest by name.

    `endpoints` maps a service to `METHOD /path`; `unscored` lists the kinds that the document leaves open.
    """

    form: Form
    language: str
    why: str
    services: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    entities: dict[str, TrueEntity] = Field(default_factory=dict)
    endpoints: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    events: dict[str, TrueEvent] = Field(default_factory=dict)
    optional: Loose = Loose()
    unscored: tuple[Literal["endpoints", "events", "fields"], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text of the corpus and its truth."""

    name: str
    text: str
    truth: Truth


def corpus(directory: Path = CORPUS) -> Iterator[Document]:
    """Every document of `directory`, by name.

    Raises:
        InputError: there is none.
    """
    files = sorted(directory.glob(f"*{TRUTH_SUFFIX}"))
    if not files:
        raise InputError(f"no corpus in {directory}", hint="start it in the project's own folder")
    for file in files:
        name = file.name.removesuffix(TRUTH_SUFFIX)
        text = file.with_name(f"{name}.md").read_text(encoding="utf-8")
        yield Document(name=name, text=text, truth=Truth.model_validate_json(file.read_bytes()))

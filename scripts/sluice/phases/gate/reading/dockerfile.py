"""Dockerfiles: parser directives, continuation lines, comments, heredocs, stages, build arguments."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sluice.phases.gate.scan import SourceFile

_DIRECTIVE = re.compile(r"#\s*escape\s*=\s*([`\\])", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_][\w.-]*)\1")
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::(?P<operator>[-+?])(?P<word>[^}]*))?\}|(?P<bare>\w+))")


@dataclass(frozen=True)
class Instruction:
    """One instruction: upper-case keyword, its arguments on one line, first line number."""

    keyword: str
    arguments: str
    line: int


@dataclass(frozen=True)
class Stage:
    """A build stage: `image` as written, `resolved` with build arguments filled in ('' when one has no value)."""

    image: str
    resolved: str
    name: str
    line: int
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True)
class Dockerfile:
    """A parsed Dockerfile; `arguments` are the global ARGs with their defaults."""

    source: SourceFile
    stages: tuple[Stage, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)

    def stage(self, name: str) -> Stage | None:
        """A stage by name (case does not matter) or index."""
        by_index = {str(index): stage for index, stage in enumerate(self.stages)}
        named = {stage.name.lower(): stage for stage in self.stages if stage.name}
        return named.get(name.lower()) or by_index.get(name)

    def lineage(self, target: str = "") -> Iterator[Stage]:
        """The stage that is shipped (`target`, else the last) and the stages it is built from, nearest first."""
        stage = self.stage(target) if target else None
        stage = stage or (self.stages[-1] if self.stages else None)
        seen: set[int] = set()
        while stage is not None and stage.line not in seen:
            seen.add(stage.line)
            yield stage
            before = [other for other in self.stages if other.line < stage.line and other.name]
            image = stage.resolved.lower()
            stage = next((other for other in before if other.name.lower() == image), None)


def parse_dockerfile(source: SourceFile) -> Dockerfile:
    """Stages and arguments of a Dockerfile; nonsense is left out, not refused."""
    arguments: dict[str, str] = {}
    stages: list[tuple[Instruction, list[Instruction]]] = []
    for instruction in instructions(source.text):
        if instruction.keyword == "FROM":
            stages.append((instruction, []))
        elif stages:
            stages[-1][1].append(instruction)
        elif instruction.keyword == "ARG":
            arguments.update(_defaults(instruction.arguments, arguments))
    return Dockerfile(source, tuple(_stage(head, body, arguments) for head, body in stages), arguments)


def instructions(text: str) -> Iterator[Instruction]:
    """Logical instructions with continuation lines joined, comments and heredoc bodies left out."""
    lines = text.split("\n")
    escape = _escape(lines)
    index = 0
    while index < len(lines):
        start, logical = index + 1, ""
        while index < len(lines):
            line = lines[index].strip()
            index += 1
            if line.startswith("#") or (not line and logical):
                continue
            if not line.endswith(escape):
                logical += line
                break
            logical += line[:-1] + " "
        index = _skip_heredocs(lines, index, logical)
        keyword, _, rest = logical.strip().partition(" ")
        if keyword.isalpha():
            yield Instruction(keyword.upper(), rest.strip(), _first_line(lines, start))


def _escape(lines: list[str]) -> str:
    for line in lines:
        if found := _DIRECTIVE.fullmatch(line.strip()):
            return found[1]
        if not line.startswith("#"):
            break
    return "\\"


def _first_line(lines: list[str], start: int) -> int:
    while start < len(lines) and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith("#")):
        start += 1
    return start


def _skip_heredocs(lines: list[str], index: int, logical: str) -> int:
    if logical.partition(" ")[0].upper() not in {"RUN", "COPY", "ADD"}:
        return index
    for found in _HEREDOC.finditer(logical):
        end = next((at for at in range(index, len(lines)) if lines[at].strip() == found[2]), None)
        index = index if end is None else end + 1
    return index


def _defaults(arguments: str, known: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for part in arguments.split():
        name, given, value = part.partition("=")
        if given:
            found[name] = substitute(value.strip("\"'"), known)
    return found


def _stage(head: Instruction, body: list[Instruction], arguments: Mapping[str, str]) -> Stage:
    words = [word for word in head.arguments.split() if not word.startswith("--")]
    image = words[0].strip("\"'") if words else ""
    name = words[2] if len(words) > 2 and words[1].upper() == "AS" else ""  # noqa: PLR2004 # FROM image AS name
    return Stage(image, substitute(image, arguments), name, head.line, tuple(body))


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill in `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`; '' when a needed value is unknown."""
    unknown = False

    def fill(found: re.Match[str]) -> str:
        nonlocal unknown
        value = values.get(found["braced"] or found["bare"], "")
        if found["operator"] == "-":
            return value or found["word"]
        if found["operator"] == "+":
            return found["word"] if value else ""
        unknown = unknown or not value
        return value

    filled = _VARIABLE.sub(fill, text)
    return "" if unknown else filled


def reference(image: str) -> tuple[str, str, str]:
    """Repository, tag and digest of an image reference; '' for what is not given."""
    name, _, digest = image.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return f"{head}{slash}{last}", tag, digest

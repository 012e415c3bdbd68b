"""Mermaid and PlantUML: entities of ER and class diagrams; boxes and arrows of all others."""

import re

from sluice.services.architect.reading import fields, names
from sluice.services.architect.reading.snippets.snippet import Edge, Node, Noun, Snippet

_KEYWORD = re.compile(
    r"^\s*(participant|actor|component|database|cloud|queue|node|interface|boundary|control|collections|rectangle)\s+"
    r"(?:\"([^\"]+)\"|\[([^\]]+)\]|([^\s\[\"<#{]+(?:\s(?!as\b)[^\s\[\"<#{:]+)*))(?:\s+as\s+(?:\"([^\"]+)\"|(.+?)))?\s*(?:<<.*)?\{?\s*$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"^\s*\[([^\]]+)\](?:\s+as\s+(\w+))?\s*$")
_BLOCK = re.compile(
    r"^\s*(?:abstract\s+)?(class|entity|enum|object|struct|table|namespace|package|interface|component|node|rectangle|"
    r"folder)\s+(?:\"([^\"]+)\"|([\w.-]+))(?:\s*\[\"?([^\]\"]+)\"?\])?(?:\s+as\s+\"?([\w -]+?)\"?)?\s*(?:<<(\w+)>>)?"
    r"\s*(?:#\w+)?\s*(\{)?\s*$",
    re.IGNORECASE,
)
_ER_BLOCK = re.compile(r"^\s*\"?([\w-]+)\"?(?:\[\"?([^\]\"]+)\"?\])?\s*\{\s*$")
_ER_FIELD = re.compile(r"^\s*([\w()\[\],]+)\s+\*?([\w-]+)\s*((?:(?:PK|FK|UK)\b[\s,]*)*)\s*(?:\"([^\"]*)\")?\s*$")
_ER_EDGE = re.compile(r"^\s*\"?([\w-]+)\"?\s+[|}o{]{1,2}(?:--|\.\.)[|}o{]{1,2}\s+\"?([\w-]+)\"?(?:\s*:\s*(.*))?$")
_MEMBER = re.compile(r"^\s*[+\-#~*]?\s*(?:\{\w+\}\s*)?(.+?)\s*$")
_STEREOTYPE = re.compile(r"<<\s*(\w+)\s*>>|\[\[.*\]\]")
_SHAPE = re.compile(
    r"([A-Za-z_][\w-]*)\s*(?:\[\((.+?)\)\]|\(\[(.+?)\]\)|\(\((.+?)\)\)|\[\[(.+?)\]\]|\{\{(.+?)\}\}|\[/(.+?)/\]|\[(.+?)\]|\((.+?)\)|\{(.+?)\}|>(.+?)\])"
)
_LINK = re.compile(
    r"\s*(?:<?(?:--+|==+|-\.+-?|~~~)\s*(?:\"?([^-=.|>\n]+?)\"?\s*(?:--+|==+|\.+-))?[>xo]?)\s*(?:\|\"?([^|]+?)\"?\|)?\s*"
)
_MERMAID_MESSAGE = re.compile(
    r"^\s*([^\s:+-][^:+-]*?(?:-[^:+>-]+)*?)\s*(?:<<)?--?(?:>>?|x|\))\s*[+-]?\s*([^:]+?)\s*:\s*(.*)$"
)
_UML_ARROW = re.compile(
    r"^\s*(\[[^\]]+\]|\"[^\"]+\"|[\w.-]*\w)\s*(?:\"[^\"]*\"\s*)?([<ox*|#]{0,2}[-.=~]+(?:\[[^\]]*\])?(?:up|down|left|right|[udlr])?[-.=~]*[>xo*|\\/]{0,2})"
    r"\s*(?:\"[^\"]*\"\s*)?(\[[^\]]+\]|\"[^\"]+\"|\w[\w.-]*)\s*(?:\+\+|--)?\s*(?::\s*(.*))?$"
)
_SHORT = re.compile(r"^\s*([A-Za-z_]\w*)\s*:\s*(.+)$")
_SIZED = re.compile(r"\b(?:varchar|char|decimal|numeric|enum|string)\s*\(", re.IGNORECASE)
_CONTAINERS = frozenset({"namespace", "package", "component", "node", "rectangle", "folder"})
MAX_LINES, MAX_LINE = 20_000, 300


class _Reader:
    """Reads line by line; a line that is not understood says nothing."""

    def __init__(self, found: Snippet, first: int) -> None:
        self.found = found
        self.line = first
        self.aliases: dict[str, Node] = {}
        self.owners: list[str] = []
        self.noun: Noun | None = None
        self.enum: list[str] | None = None
        self.nouns: dict[str, Noun] = {}

    def node(self, alias: str, name: str, kind: str) -> None:
        bare = name.replace("\\n", " ").replace("<br/>", " ").replace("<br>", " ").strip().strip('"')
        made = Node(bare, kind.lower(), self.line)
        if alias.strip() not in self.aliases:
            self.found.nodes.append(made)
        self.aliases.setdefault(alias.strip(), made)
        self.aliases.setdefault(bare, made)

    def edge(self, source: str, target: str, text: str) -> None:
        ends = [self._named(end.strip().strip('[]"')) for end in (source, target)]
        self.found.edges.append(Edge(ends[0], ends[1], text.strip().strip('"'), self.line))

    def _named(self, alias: str) -> str:
        if alias not in self.aliases:
            self.node(alias, alias, "participant")
        return self.aliases[alias].name

    def open_noun(self, alias: str, name: str) -> Noun:
        noun = self.nouns.get(alias)
        if noun is None:
            noun = Noun(name, self.line, self.owners[-1] if self.owners else "")
            self.nouns[alias] = noun
            self.found.nouns.append(noun)
        return noun


def read(found: Snippet, text: str, first: int) -> None:
    """Adds what a diagram says; `first` is the line of its first line."""
    reader = _Reader(found, first)
    lines = [line[:MAX_LINE] for line in text.split("\n")[:MAX_LINES]]
    head = next((line.strip() for line in lines if line.strip() and not line.strip().startswith("%%")), "")
    each = next((handler for start, handler in _KINDS if head.startswith(start)), _uml)
    for offset, line in enumerate(lines):
        reader.line = first + offset
        if line.strip() and not line.lstrip().startswith(("%%", "'", "//", "@", "note", "title", "skinparam")):
            each(reader, line)
    if each is not _er and each is not _uml:
        return
    known = set(found.enums)
    found.nouns = [noun for noun in found.nouns if noun.name not in known]


def _er(reader: _Reader, line: str) -> None:
    if reader.noun is not None:
        if line.strip().startswith("}"):
            reader.noun = None
        elif field := _ER_FIELD.match(line):
            kind, name, keys, note = field.groups()
            _add(reader.noun, name, kind, note or "", unique="UK" in keys)
    elif block := _ER_BLOCK.match(line):
        reader.noun = reader.open_noun(block.group(1), block.group(2) or block.group(1))
    elif edge := _ER_EDGE.match(line):
        for end in edge.group(1, 2):
            reader.open_noun(end, end)


def _add(noun: Noun, name: str, kind: str, note: str, *, unique: bool = False) -> None:
    optional = kind.endswith("?") or name.endswith("?")
    found = fields.parse(name.rstrip("?"), kind.rstrip("?"), *(["unique"] if unique else []), *([note] if note else []))
    if found is not None and all(found.name != one.name for one in noun.fields):
        noun.fields.append(found.model_copy(update={"required": False}) if optional else found)


def member(noun: Noun, line: str) -> None:
    """`+id : UUID`, `+UUID id`, `* id : uuid <<PK>>`, `String name`; operations are no fields."""
    if "(" in line and ")" in line and not _SIZED.search(line):
        return
    found = _MEMBER.match(_STEREOTYPE.sub("", line))
    if found is None:
        return
    text = found.group(1).rstrip(";,")
    name, colon, kind = text.partition(":")
    if colon and re.fullmatch(r"[A-Za-z_][\w-]*\??", name.strip()):
        _add(noun, name.strip(), kind.strip(), "")
    elif words := re.fullmatch(r"([\w<>\[\]~,()]+\??)\s+([A-Za-z_]\w*\??)", text):
        _add(noun, words.group(2), words.group(1).replace("~", " "), "")
    elif re.fullmatch(r"[A-Za-z_]\w*", text):
        _add(noun, text, "", "")


def _uml(reader: _Reader, line: str) -> None:
    """Class and component diagrams of both notations, and PlantUML's sequences."""
    bare = line.strip()
    if reader.noun is not None or reader.enum is not None:
        _inside(reader, bare)
    elif bare == "}":
        reader.owners[-1:] = []
    elif (block := _BLOCK.match(line)) and (block.group(7) or block.group(1).lower() in {"class", "entity", "enum"}):
        _open(reader, block)
    elif (node := _KEYWORD.match(line)) or (box := _BRACKETED.match(line)):
        _box(reader, node, None if node else box)
    elif arrow := _UML_ARROW.match(line):
        _arrow(reader, *arrow.groups())
    elif (short := _SHORT.match(line)) and short.group(1) in reader.nouns:
        member(reader.nouns[short.group(1)], short.group(2))


def _inside(reader: _Reader, line: str) -> None:
    if line.startswith("}"):
        reader.noun, reader.enum = None, None
    elif "<<" in line and re.search(r"<<\s*enum", line, re.IGNORECASE) and reader.noun is not None:
        _as_enum(reader, reader.noun)
    elif reader.enum is not None:
        if value := re.match(r"[+\-#~]?\s*([A-Za-z][\w-]*)", line):
            reader.enum.append(value.group(1))
            name = next(reversed(reader.found.enums))
            reader.found.enums[name] = tuple(reader.enum)
    elif reader.noun is not None and not re.fullmatch(r"[-.=_]{2,}.*", line):
        member(reader.noun, line)


def _as_enum(reader: _Reader, noun: Noun) -> None:
    reader.found.nouns.remove(noun)
    reader.found.enums["".join(names.split(noun.name))] = ()
    reader.noun, reader.enum = None, []


def _open(reader: _Reader, block: re.Match[str]) -> None:
    kind, quoted, plain, label, alias, stereotype, brace = block.groups()
    kind = kind.lower()
    name = quoted or plain
    if kind in _CONTAINERS:
        reader.owners.append(name)
        if kind == "component":
            reader.node(alias or name, name, kind)
    elif kind == "enum" or (stereotype or "").lower().startswith("enum"):
        reader.found.enums["".join(names.split(name))] = ()
        reader.enum = [] if brace else None
    elif kind != "interface":
        key = (alias or plain or name).strip()
        reader.noun = reader.open_noun(key, label or (name if quoted else name.rsplit(".", 1)[-1]))
        if not brace:
            reader.noun = None


def _box(reader: _Reader, node: re.Match[str] | None, box: re.Match[str] | None) -> None:
    if node is not None:
        kind, quoted, bracketed, plain, label, alias = node.groups()
        name = quoted or bracketed or plain
        written, key = (label, name) if label else (name, alias or name)
        bare = bool(alias) and not quoted and not bracketed
        if bare and (" " in alias.strip() or (kind.lower() in {"participant", "actor"} and _long(alias, name))):
            written, key = alias, name
        reader.node(key, written, kind)
    elif box is not None:
        reader.node(box.group(2) or box.group(1), box.group(1), "component")


def _long(alias: str, name: str) -> bool:
    """Mermaid writes `participant T as trip-service`, PlantUML `participant trip-service as T`."""
    return len(alias.strip()) > len(name.strip())


def _arrow(reader: _Reader, source: str, arrow: str, target: str, text: str | None) -> None:
    left, right = (end.strip('[]"') for end in (source, target))
    if left in reader.nouns or right in reader.nouns:
        return
    if arrow.startswith("<") and not arrow.endswith(">"):
        source, target = target, source
    if arrow.strip("-.=~|#*o<>xudlr[]\\/"):
        return
    reader.edge(source, target, text or "")


def _sequence(reader: _Reader, line: str) -> None:
    if node := _KEYWORD.match(line):
        _box(reader, node, None)
    elif found := _MERMAID_MESSAGE.match(line):
        reader.edge(*found.groups())


def _flow(reader: _Reader, line: str) -> None:
    """`app --> V[vehicle-service]`, `V -- VehicleRegistered --> T`, `A -->|text| B & C`."""
    if re.match(r"\s*(?:flowchart|graph|subgraph|end|classDef|class|style|linkStyle|click|direction)\b", line):
        return
    for shape in _SHAPE.finditer(line):
        kind = "database" if shape.group(2) else "component"
        label = next(text for text in shape.groups()[1:] if text)
        reader.node(shape.group(1), label, kind)
    bare = _SHAPE.sub(lambda found: found.group(1), re.sub(r":::\w+", "", line)).rstrip("; ")
    ends = re.split(r"(\s*<?(?:--+|==+|-\.+-?)(?:[^->|=][^>|]*?(?:--+|==+|\.+-))?[>xo]?(?:\|[^|]*\|)?\s*)", bare)
    for position in range(1, len(ends) - 1, 2):
        link = _LINK.fullmatch(ends[position])
        text = next((part for part in link.groups() if part), "") if link else ""
        for source in ends[position - 1].split("&"):
            for target in ends[position + 1].split("&"):
                if source.strip() and target.strip():
                    reader.edge(source, target, text)


_KINDS = (
    ("erDiagram", _er),
    ("sequenceDiagram", _sequence),
    ("flowchart", _flow),
    ("graph", _flow),
)

"""Hard-coded credentials: detect-secrets for known token formats, syntax tree and parsed configuration for others."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector

from sluice.phases.gate.reading.dockerfile import instructions
from sluice.phases.gate.reading.documents import scalars
from sluice.phases.gate.reading.judgement import is_placeholder, is_random, is_secret_name, is_secret_value
from sluice.phases.gate.reading.python import PyFile
from sluice.phases.gate.reading.python_secrets import Secret, docstring_lines, example_lines, python_secrets
from sluice.phases.gate.scan import SourceFile

# Detectors of names and of mere shapes; the syntax tree knows more about those.
_LEFT_OUT = frozenset(
    {"KeywordDetector", "IPPublicDetector", "BasicAuthDetector", "SoftlayerDetector", "CloudantDetector"}
    | {"IbmCosHmacDetector", "IbmCloudIamDetector"}
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^\s:/@\"'`<>]*):([^\s@\"'`<>/]+)@(?=[\w{$<\[])")
_DSN = re.compile(
    r"(?:\b(?:host|hostaddr|dbname|database|server|data source|user id|uid|user|port)\s*=\s*[^\s;\"',()]+[\s;]+)"
    r"(?:[\w ]+=\s*[^\s;\"',()]*[\s;]+)*?(?:password|pwd)\s*=\s*([^\s;\"',()]+)",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"[?&](?:api[_-]?key|apikey|access[_-]?token|auth[_-]?token|token|secret|sig|password)=([\w.%-]{8,})", re.IGNORECASE
)
_OPTION = re.compile(r"--([A-Za-z][\w-]*)(?:[\s=]|[\"']\s*,\s*[\"'])[\"']?([^\s\"',\]]+)")
_SHELL = re.compile(r"(?:^|[\s;&|(])(?:export\s+)?([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|[^\s;&|)]+)")
_OPTIONS_OF = (".yml", ".yaml", ".sh", ".service", ".conf")
_TRANSLATIONS = frozenset(
    {"locale", "locales", "i18n", "l10n", "translations", "lang", "langs", "languages", "messages"}
)
_LINE = re.compile(r"\s*(?:export\s+|ENV\s+|ARG\s+|set\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*?)\s*", re.IGNORECASE)
_WITH_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_MACHINE_WRITTEN = 5000
_LOCK = re.compile(r".*\.lock|.*-lock\.(?:json|ya?ml)|.*\.(?:sum|svg|map|min\.js|ipynb|csv|po|sql)", re.IGNORECASE)
_REQUIREMENTS = re.compile(r"(?:requirements|constraints)[\w.-]*\.txt")
_LINE_FILES = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".sh", ".toml", ".tfvars", ".envrc"})
_TEMPLATES = (".example", ".sample", ".template", ".dist", ".tmpl", ".j2", ".tpl")
_PROSE = frozenset({".md", ".rst", ".txt", ".html", ".adoc"})
_COMMANDS = frozenset({"Makefile", "Procfile", "Justfile"})
_LOCAL = frozenset(
    {"user", "username", "password", "pass", "postgres", "guest", "test", "root", "admin", "mysql", "pw"}
)


def read_secrets(files: Iterable[SourceFile], python: Iterable[PyFile]) -> tuple[Secret, ...]:
    """Every credential written down in these files, one for each line."""
    parsed = {file.source: file for file in python}
    found: dict[tuple[str, int], Secret] = {}
    for source in files:
        if _LOCK.fullmatch(source.name) or any(len(line) > _MACHINE_WRITTEN for line in source.lines):
            continue
        for secret in _in_file(source, parsed.get(source)):
            found.setdefault((source.rel, secret.line), secret)
    return tuple(sorted(found.values(), key=lambda secret: (secret.source.rel, secret.line)))


def _in_file(source: SourceFile, parsed: PyFile | None) -> Iterator[Secret]:
    skipped: set[int] = set()
    if parsed is not None:
        skipped = example_lines(parsed)
        yield from python_secrets(parsed, skipped)
    elif source.suffix in {".yml", ".yaml", ".json"}:
        skipped = {node.start_mark.line + 1 for path, node in scalars(source) if _in_example(path)}
        yield from _in_document(source)
    elif not _template(source):
        yield from _in_configuration(source)
    yield from (secret for secret in _known_formats(source) if secret.line not in skipped)
    if (source.suffix not in _PROSE or _REQUIREMENTS.match(source.name)) and not _template(source):
        skipped |= docstring_lines(parsed) if parsed is not None else set()
        yield from (secret for secret in _in_text(source) if secret.line not in skipped)


def _in_configuration(source: SourceFile) -> Iterator[Secret]:
    if source.suffix == ".toml":
        yield from _in_toml(source)
    elif source.is_dockerfile:
        yield from _in_dockerfile(source)
    elif source.suffix in _LINE_FILES or source.name.startswith(".env"):
        yield from _in_lines(source)


def _template(source: SourceFile) -> bool:
    first = source.name.lstrip(".").partition(".")[0].lower()
    marked = any(f"{suffix}." in source.name for suffix in _TEMPLATES[:3])
    return source.name.endswith(_TEMPLATES) or marked or first in {"example", "sample", "template"}


def _in_example(path: tuple[str, ...]) -> bool:
    return any(part.lower() in {"example", "examples", "x-example", "description", "encrypteddata"} for part in path)


@cache
def _detectors() -> tuple[RegexBasedDetector, ...]:
    known: Iterable[Any] = get_mapping_from_secret_type_to_class().values()
    classes = sorted(known, key=lambda cls: str(cls.__name__))
    plugins = [cls() for cls in classes if cls.__name__ not in _LEFT_OUT]
    return tuple(plugin for plugin in plugins if isinstance(plugin, RegexBasedDetector))


def _known_formats(source: SourceFile) -> Iterator[Secret]:
    for detector in _detectors():
        for value in set(detector.analyze_string(source.text)):
            if value and (not is_placeholder(value) or "PRIVATE KEY" in value):
                yield _at(source, value, str(detector.secret_type).lower())


def _at(source: SourceFile, value: str, kind: str) -> Secret:
    offset = source.text.find(value)
    line = source.text.count("\n", 0, offset) + 1
    return Secret(source, line, offset - source.text.rfind("\n", 0, offset), value, kind)


def _in_text(source: SourceFile) -> Iterator[Secret]:
    """Credentials inside URLs, connection strings and commands."""
    for number, line in enumerate(source.lines, start=1):
        if "://" in line:
            yield from _in_url(source, number, line)
        if "=" in line:
            for found in _DSN.finditer(line):
                if not _harmless("", found[1]) and is_secret_value(found[1], "password"):
                    yield Secret(source, number, found.start(1) + 1, found[1], "password in a connection string")
        if "--" in line and (source.is_dockerfile or source.suffix in _OPTIONS_OF or source.name in _COMMANDS):
            yield from _in_options(source, number, line)


def _in_url(source: SourceFile, number: int, line: str) -> Iterator[Secret]:
    for found in _URL.finditer(line):
        if not _harmless(found[1], found[2]):
            yield Secret(source, number, found.start(2) + 1, found[2], "password in a URL")
    for found in _QUERY.finditer(line):
        mixed = any(char.isdigit() for char in found[1]) and any(char.isalpha() for char in found[1])
        if mixed and not is_placeholder(found[1]):
            yield Secret(source, number, found.start(1) + 1, found[1], "key in a URL")


def _in_options(source: SourceFile, number: int, line: str) -> Iterator[Secret]:
    if line.lstrip().startswith("#"):
        return
    for found in _OPTION.finditer(line):
        name = "password" if found[1].lower() in {"requirepass", "masterauth"} else found[1]
        if is_secret_name(name) and is_secret_value(found[2], name) and not found[2].startswith(("$", "-")):
            yield Secret(source, number, found.start(2) + 1, found[2], f"value of --{found[1]}")


def _harmless(user: str, password: str) -> bool:
    local = password.lower() in _LOCAL or password == user or password.lower() == f"{user}_password".lower()
    return local or is_placeholder(password) or "{" in password or password.startswith(("$", "%"))


def _in_document(source: SourceFile) -> Iterator[Secret]:
    if _TRANSLATIONS & set(source.rel.lower().split("/")[:-1]):
        return
    for path, node in scalars(source):
        if not path or _in_example(path) or node.tag != "tag:yaml.org,2002:str":
            continue
        name, value = path[-1], node.value
        mark = node.start_mark
        if "=" in value and is_secret_name(value.partition("=")[0]):  # a compose environment given as a list
            name, _, value = value.partition("=")
        if _is_secret(name, value):
            yield Secret(source, mark.line + 1, mark.column + 1, value, f"value of {name}")


def _in_lines(source: SourceFile) -> Iterator[Secret]:
    for number, line in enumerate(source.lines, start=1):
        found = _LINE.fullmatch(line) if not line.lstrip().startswith(("#", ";", "[")) else None
        if found and _is_secret(found[1], value := found[2].strip("\"'")):
            yield Secret(source, number, line.find(value) + 1, value, f"value of {found[1]}")
        elif source.suffix == ".sh" and found is None and "=" in line and not line.lstrip().startswith("#"):
            yield from _in_shell(source, number, line)


def _in_shell(source: SourceFile, number: int, line: str) -> Iterator[Secret]:
    for found in _SHELL.finditer(line):
        value = found[2].strip("\"'")
        if _is_secret(found[1], value):
            yield Secret(source, number, found.start(2) + 1, value, f"value of {found[1]}")


def _in_dockerfile(source: SourceFile) -> Iterator[Secret]:
    for instruction in instructions(source.text):
        legacy = re.fullmatch(r"(\w+)\s+([^=]*)", instruction.arguments) if instruction.keyword == "ENV" else None
        pairs = [(legacy[1], legacy[2].strip())] if legacy else _SHELL.findall(instruction.arguments)
        for name, given in pairs if instruction.keyword in {"ENV", "ARG", "RUN", "LABEL"} else []:
            value = given.strip("\"'")
            if _is_secret(name, value):
                yield _below(source, instruction.line, value, name)


def _in_toml(source: SourceFile) -> Iterator[Secret]:
    try:
        document = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError:
        yield from _in_lines(source)
        return
    stack: list[tuple[str, object]] = [("", document)]
    while stack:
        name, value = stack.pop()
        if isinstance(value, dict):
            stack += [(str(key), item) for key, item in value.items() if not _in_example((str(key),))]
        elif isinstance(value, list):
            stack += [(name, item) for item in value]
        elif isinstance(value, str) and _is_secret(name, value):
            yield _below(source, 1, value, name)


def _below(source: SourceFile, line: int, value: str, name: str) -> Secret:
    """The secret where its value stands, at or after a line."""
    for number in range(line, len(source.lines) + 1):
        if (column := source.line(number).find(value)) >= 0:
            return Secret(source, number, column + 1, value, f"value of {name}")
    return Secret(source, line, 1, value, f"value of {name}")


def _is_secret(name: str, value: str) -> bool:
    if default := _WITH_DEFAULT.fullmatch(value):
        word = default[1]
        mixed = any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
        return is_secret_name(name) and mixed and len(word) >= 8 and is_secret_value(word, name)  # noqa: PLR2004 # a default that could be a real key
    return (is_secret_name(name) and is_secret_value(value, name)) or is_random(value)

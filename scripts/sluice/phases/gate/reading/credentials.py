"""Hard-coded credentials: detect-secrets for known token formats, syntax tree and parsed configuration for others."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector

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
_LINE = re.compile(r"\s*(?:export\s+|ENV\s+|ARG\s+|set\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*?)\s*", re.IGNORECASE)
_WITH_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_MACHINE_WRITTEN = 5000
_LOCK = re.compile(r".*\.lock|.*-lock\.(?:json|ya?ml)|.*\.(?:sum|svg|map|min\.js|ipynb|csv|po|sql)", re.IGNORECASE)
_LINE_FILES = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".sh", ".toml", ".tfvars", ".envrc"})
_TEMPLATES = (".example", ".sample", ".template", ".dist", ".tmpl", ".j2", ".tpl")
_PROSE = frozenset({".md", ".rst", ".txt", ".html", ".adoc"})
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
    elif (source.is_dockerfile or source.suffix in _LINE_FILES or source.name.startswith(".env")) and not _template(
        source
    ):
        yield from _in_lines(source)
    yield from (secret for secret in _known_formats(source) if secret.line not in skipped)
    if source.suffix not in _PROSE and not _template(source):
        skipped |= docstring_lines(parsed) if parsed is not None else set()
        yield from (secret for secret in _in_urls(source) if secret.line not in skipped)


def _template(source: SourceFile) -> bool:
    return source.name.endswith(_TEMPLATES) or any(f"{suffix}." in source.name for suffix in _TEMPLATES[:3])


def _in_example(path: tuple[str, ...]) -> bool:
    return any(part.lower() in {"example", "examples", "x-example", "description"} for part in path)


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


def _in_urls(source: SourceFile) -> Iterator[Secret]:
    for number, line in enumerate(source.lines, start=1):
        if "://" not in line:
            continue
        for found in _URL.finditer(line):
            user, password = found[1], found[2]
            if not _harmless(user, password):
                yield Secret(source, number, found.start(2) + 1, password, "password in a URL")


def _harmless(user: str, password: str) -> bool:
    local = password.lower() in _LOCAL or password == user or password.lower() == f"{user}_password".lower()
    return local or is_placeholder(password) or "{" in password or password.startswith(("$", "%"))


def _in_document(source: SourceFile) -> Iterator[Secret]:
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
        if found is None and source.is_dockerfile:
            found = re.match(r"\s*(?:ENV|ARG)\s+(\w+)\s+(.*)", line, re.IGNORECASE)
        if found and _is_secret(found[1], value := found[2].strip("\"'")):
            yield Secret(source, number, line.find(value) + 1, value, f"value of {found[1]}")


def _is_secret(name: str, value: str) -> bool:
    if default := _WITH_DEFAULT.fullmatch(value):
        word = default[1]
        mixed = any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
        return is_secret_name(name) and mixed and len(word) >= 8 and is_secret_value(word, name)  # noqa: PLR2004 # a default that could be a real key
    return (is_secret_name(name) and is_secret_value(value, name)) or is_random(value)

"""Cross-origin configuration of servers, gateways and environments: YAML, JSON, environment files, nginx, Traefik."""

import re
from collections.abc import Iterator

from sluice.phases.gate.reading.documents import scalars
from sluice.phases.gate.reading.origins import HEADER, KEY, OpenOrigin, is_wildcard, matches_everything
from sluice.phases.gate.scan import SourceFile

_LINE = re.compile(r"\s*(?:export\s+|ENV\s+|ARG\s+)?[\"']?([\w.-]+)[\"']?\s*[=:]\s*(.*?)\s*,?\s*", re.IGNORECASE)
_NGINX = re.compile(r"access-control-allow-origin[\"':=\s]+\*(?=[\"'\s;]|$)", re.IGNORECASE)
_ECHO = re.compile(r"access-control-allow-origin[\"':\s]+(\$\w+)", re.IGNORECASE)
_MAP = re.compile(r"map\s+\$http_origin\s+(\$\w+)\s*\{([^}]*)\}")
_ANYBODY = re.compile(r"default\s+[\"']?(?:\*|\$http_origin)[\"']?\s*;")
_NOT_PRODUCTION = re.compile(
    r"(?:^|[._-])(?:dev|development|test|tests|ci|local|override|example|sample|template)(?:[._-]|$)"
)
_SERVER = re.compile(r"\.env|nginx|caddyfile|\.htaccess|haproxy")
_LONGEST = 5000
_LINE_FILES = frozenset({".env", ".ini", ".cfg", ".conf", ".properties", ".toml", ".sh"})


def open_in_config(source: SourceFile) -> Iterator[OpenOrigin]:
    """Wildcards in YAML, JSON, environment files, Dockerfiles, nginx and Traefik configuration."""
    served = source.name.lower().removesuffix(".template").removesuffix(".j2")
    if _NOT_PRODUCTION.search(served if served.endswith(".conf") else source.name.lower()):
        return
    if source.suffix in {".yml", ".yaml", ".json"}:
        yield from _in_document(source)
    elif source.is_dockerfile or source.suffix in _LINE_FILES or served.endswith(".conf") or _SERVER.match(served):
        yield from _in_lines(source)


def _in_lines(source: SourceFile) -> Iterator[OpenOrigin]:
    if "origin" not in source.text.lower():
        return
    for number, line in enumerate(source.lines, start=1):
        if len(line) > _LONGEST or line.lstrip().startswith(("#", ";")):
            continue
        found = _LINE.fullmatch(line)
        if _NGINX.search(line) or _echoed(source, line):
            yield OpenOrigin(source, number, line.find("*") + 1 or 1, "Access-Control-Allow-Origin")
        elif found and KEY.search(found[1]) and is_wildcard(found[2].strip("\"'")):
            yield OpenOrigin(source, number, line.find("*") + 1, found[1])


def _echoed(source: SourceFile, line: str) -> bool:
    """Whether nginx sends back any Origin: as it came, or by a `map` whose default lets everybody in."""
    found = _ECHO.search(line)
    if found is None:
        return False
    if found[1] == "$http_origin":
        return not re.search(r"if\s*\(\s*\$http_origin\s", source.text)
    return any(name == found[1] and _ANYBODY.search(body) for name, body in _MAP.findall(source.text))


def _in_document(source: SourceFile) -> Iterator[OpenOrigin]:
    for path, node in scalars(source):
        keys = [key for key in path if key]
        name, value = (keys[-1] if keys else ""), node.value
        if "=" in value and not is_wildcard(value):  # an environment variable or a label given as a list entry
            name, _, value = value.partition("=")
        documented = any(key.lower() in {"example", "examples", "responses", "schema", "description"} for key in keys)
        nested = len(keys) > 1 and name.lower() in {"origins", "origin"} and "cors" in keys[-2].lower()
        named = KEY.search(name) or nested or name.lower() == HEADER
        if named and not documented and (is_wildcard(value) or matches_everything(value)):
            yield OpenOrigin(source, node.start_mark.line + 1, node.start_mark.column + 1, name)

"""NAME-001 and ORPHAN-001: names that disagree, and services that no route leads to."""

from typing import Any, Final

from sluice.commands.gate_proof.compose_edits import block, drop_compose, in_block, swap_compose
from sluice.commands.gate_proof.edits import at_end, new_file, swap
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.model.contract import ContractSet


def _slip(kind: str, name: str) -> str:
    """A name as people get it wrong."""
    spelled = {
        "underscore": name.replace("-", "_"),
        "plural": f"{name}s",
        "capitals": name.title().replace("-", ""),
        "short": name.removesuffix("-service"),
        "typo": name[:-2] + name[-1] + name[-2],
    }
    return spelled[kind] if spelled[kind] != name else f"{name}-svc"


def _named(pattern: str, replacement: str, kind: str, *files: str) -> Edit:
    """<own> in the pattern is the service's name, <slip> in the replacement a wrong one."""

    def edit(site: Site) -> None:
        name = site.service.name
        plain = replacement.replace("<slip>", _slip(kind, name))
        one = swap if files else _in_compose
        one(pattern.replace("<own>", name), plain, *files)(site)

    return edit


def _in_compose(pattern: str, replacement: str) -> Edit:
    return in_block(swap_compose(pattern, replacement))


def _contract(kind: str) -> Edit:
    """The registered OpenAPI contract under another title."""

    def edit(site: Site) -> None:
        contracts = site.given.contracts
        own = contracts.of(site.service.name, "openapi") if contracts else None
        if contracts is None or own is None:
            raise Unfit("there is no contract")
        wrong = _slip(kind, site.service.name)
        info: Any = own.document.get("info")
        new = own.model_copy(update={"document": {**own.document, "info": {**info, "title": wrong}}})
        site.change(contracts=ContractSet(contracts=tuple(new if c is own else c for c in contracts.contracts)))
        site.services.add(site.service.name)

    return edit


def _default(kind: str, template: str) -> Edit:
    def edit(site: Site) -> None:
        text = template.replace("<own>", site.service.name).replace("<slip>", _slip(kind, site.service.name))
        at_end(text, imports="import os")(site)

    return edit


def _renamed(kind: str) -> Edit:
    """The compose entry under another name."""

    def edit(site: Site) -> None:
        path, first, _ = block(site)
        site.places += site.tree.splice(path, first, first, f"§  {_slip(kind, site.service.name)}:")
        site.services.add(site.service.name)  # in a run it is also a service that compose does not have

    return edit


_SETTING = r'^( *service_name: str = )"<own>"'
_RULE = r"PathPrefix\(`/api/<own>`\)"
_RUN = {
    **{
        f"setting, {k}": _named(_SETTING, r'§\1"<slip>"', k, "app/settings.py") for k in ("underscore", "short", "typo")
    },
    **{
        f"SERVICE_NAME in compose, {k}": _named(r"(SERVICE_NAME:) <own>", r"\1 <slip>", k)
        for k in ("short", "capitals")
    },
    **{f"gateway route, {k}": _named(_RULE, "PathPrefix(`/api/<slip>`)", k) for k in ("underscore", "plural", "short")},
}
_RUN_CODE = {
    "default of the environment": _default("capitals", '§OWN_NAME = os.getenv("SERVICE_NAME", "<slip>")'),
    "constant": _default("underscore", '§SERVICE_NAME = "<slip>"'),
}
_RUN_CONTRACTS = {
    f"title of the contract, {kind}": _contract(kind) for kind in ("underscore", "capitals", "short", "typo")
}
_RUN_WHOLE = {f"compose entry, {kind}": _renamed(kind) for kind in ("underscore", "short")}
_FOLDER = {
    "compose entry, plural": _renamed("plural"),
    "default in Flask, plural": _default("plural", '§SERVICE_NAME = os.environ.get("SERVICE_NAME", "<slip>")'),
}
_RUN_TWINS = {
    "same constant": _default("short", 'SERVICE_NAME = "<own>"'),
    "same default": _default("short", 'OWN_NAME = os.getenv("SERVICE_NAME", "<own>")'),
    "no default": _default("short", 'OWN_NAME = os.environ["SERVICE_NAME"]'),
    "another service's address": _default("short", 'PEER_URL = os.getenv("PEER_URL", "http://<slip>-peer:8080")'),
    "name of a table": _default("underscore", 'TABLE_NAME = "<slip>"'),
    "name of a logger": _default("underscore", 'LOGGER_NAME = "<slip>.requests"'),
    "comment": _default("short", '# SERVICE_NAME = "<slip>" in the old days\nOLD = True'),
    "docstring": _default(
        "short", 'def named() -> str:\n    """SERVICE_NAME = "<slip>" is not meant."""\n    return ""'
    ),
    "test": new_file(
        "tests/test_name.py", 'SERVICE_NAME = "something-else"\n\n\ndef test_it():\n    assert SERVICE_NAME'
    ),
}
_COMPOSE_TWINS = {
    "second route": swap_compose(
        r"^    labels:\n(?=      \w)",
        "    labels:\n      traefik.http.routers.extra.rule: PathPrefix(`/docs`)\n",
    ),
    "another variable": swap_compose(
        r"^    environment:\n(?=      \w)", "    environment:\n      PEER_NAME: somebody-else\n"
    ),
}

_LABELS = r"^ *-? ?traefik\.http\.routers\.[\w-]+\.rule[:=].*\n"
_ORPHANS = {
    "no labels": drop_compose("labels"),
    "no rule": in_block(swap_compose(_LABELS, "")),
    "switched off": in_block(swap_compose(r"(traefik\.enable[:=] ?)[\"']?true[\"']?", r'\1"false"')),
    "not switched on": in_block(swap_compose(r"^ *-? ?traefik\.enable[:=].*\n", "")),
    "commented out": in_block(swap_compose(r"^( *)(traefik\.http\.routers\.[\w-]+\.rule:.*)$", r"\1# \2")),
    "empty rule": in_block(swap_compose(r"(routers\.[\w-]+\.rule: ).*$", r'\1""')),
    "rule under a wrong key": in_block(swap_compose(r"(routers\.[\w-]+\.)rule", r"\1rules")),
    "only a middleware": in_block(
        swap_compose(_LABELS, "      traefik.http.middlewares.x.stripprefix.prefixes: /api/x\n")
    ),
    "TCP by mistake": in_block(swap_compose(r"traefik\.http\.(routers\.[\w-]+)\.rule", r"traefik.udp.\1.rule")),
}
_ROUTED = {
    "quoted key": swap_compose(r"(traefik\.http\.routers\.[\w-]+\.rule): ", r'"\1": '),
    "by host": swap_compose(r"(routers\.[\w-]+\.rule: ).*$", r"\1Host(`a.example.com`)"),
    "by host and path": swap_compose(r"(routers\.[\w-]+\.rule: ).*$", r"\1Host(`a.example.com`) && PathPrefix(`/v1`)"),
    "another router name": swap_compose(r"routers\.[\w-]+\.rule", "routers.main.rule"),
    "two routers": swap_compose(
        r"^    labels:\n(?=      \w)", "    labels:\n      traefik.http.routers.second.rule: Path(`/health`)\n"
    ),
    "more labels": swap_compose(r"^    labels:\n(?=      \w)", "    labels:\n      com.example.team: shop\n"),
}
_FOLDER_ROUTED = {
    "boolean": swap_compose(r"(traefik\.enable: )\"true\"", r"\1true"),
    "regular expression": swap_compose(r"(routers\.[\w-]+\.rule: ).*$", r"\1PathRegexp(`^/shop`)"),
}


def _beside(name: str, text: str) -> Edit:
    """Another entry in the compose file that needs no route."""

    def edit(site: Site) -> None:
        path, first, _ = block(site)
        site.places += site.tree.splice(path, first, first - 1, f"  {name}:\n{text}")

    return edit


_BESIDE = {
    "database": _beside("archive", "    image: postgres:16.4\n    networks: [backend]"),
    "worker": _beside(
        "mailer", "    image: example/mailer:1\n    command: celery -A mailer worker\n    networks: [backend]"
    ),
    "job": _beside("migrate", "    image: example/shop:1\n    command: alembic upgrade head\n    networks: [backend]"),
    "exporter": _beside("metrics", "    image: prom/node-exporter:v1.8.2\n    networks: [backend]"),
}

OPERATORS: Final = (
    Operator(
        check="NAME-001",
        plants=(
            *variants(_RUN, needs="run", touches="compose"),
            *variants(_RUN_CODE, needs="run"),
            *variants(_RUN_CONTRACTS, needs="run", touches="contracts"),
            *variants(_RUN_WHOLE, needs="run", touches="compose", also="ORPHAN-001"),
            *variants(_FOLDER, needs="folder", touches="compose", also="ORPHAN-001"),
        ),
        twins=(*variants(_RUN_TWINS), *variants(_COMPOSE_TWINS, touches="compose")),
    ),
    Operator(
        check="ORPHAN-001",
        plants=variants(_ORPHANS, touches="compose"),
        twins=(
            *variants(_ROUTED, touches="compose"),
            *variants(_FOLDER_ROUTED, needs="folder", touches="compose"),
            *variants(_BESIDE, needs="folder", touches="compose"),
        ),
    ),
)

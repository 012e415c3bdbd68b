"""BUILD-005, DEPLOY-001, DEPLOY-002: stale code and services that are down, planted in the deployment of a run."""

from collections.abc import Callable
from typing import Any, Final

from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.core.files import digest
from sluice.model.deployment import DeployedService, Deployment


def _deployed(change: Callable[[DeployedService], DeployedService | None], *, every: bool = False) -> Edit:
    """The site's service (or every one) as deployed; None: not deployed at all."""

    def edit(site: Site) -> None:
        given = site.given.deployment
        if given is None:
            raise Unfit("there is no deployment")
        rows = [change(row) if every or row.name == site.service.name else row for row in given.services]
        gone = {row.name for row in given.services} - {row.name for row in rows if row}
        left = tuple(sorted(gone | set(given.not_deployed)))
        services = tuple(row for row in rows if row is not None)
        site.change(deployment=given.model_copy(update={"services": services, "not_deployed": left}))
        site.services.add("" if every else site.service.name)

    return edit


def _sick(**fields: Any) -> Callable[[DeployedService], DeployedService]:
    return lambda row: row.model_copy(update={"healthy": False, **fields})


def _well(**fields: Any) -> Callable[[DeployedService], DeployedService]:
    return lambda row: row.model_copy(update=fields)


def _gone(_: DeployedService) -> None:
    return None


def _emptied(site: Site) -> None:
    site.change(deployment=Deployment(runtime="embedded", gateway_url=""))
    site.services.add("")


_DOWN = {
    "not healthy": _deployed(_sick()),
    "not healthy, with a reason": _deployed(_sick(detail="GET /health answered 503")),
    "restarting": _deployed(_sick(restarts=17)),
    "not deployed": _deployed(_gone),
    "exited": _deployed(_sick(detail="exited with code 1")),
    "no answer": _deployed(_sick(detail="connection refused", url="http://127.0.0.1:1")),
    "out of memory": _deployed(_sick(detail="killed", restarts=1)),
    "wrong port": _deployed(_sick(detail="nothing listens on 8080")),
}
_UP = {
    "restarted once": _deployed(_well(restarts=1)),
    "slow to start": _deployed(_well(detail="healthy after 29.0 s")),
    "behind the gateway": _deployed(_well(gateway_url="http://127.0.0.1/api/x")),
    "on another host": _deployed(_well(url="http://127.0.0.2:8080")),
    "on a high port": _deployed(_well(url="http://127.0.0.1:65000")),
    "with a note": _deployed(_well(detail="exited with code 0, then started again")),
    "two restarts": _deployed(_well(restarts=2)),
    "no url": _deployed(_well(url="")),
}

_ALIKE: Final[dict[str, dict[str, Any]]] = {
    "sick": {},
    "refusing": {"detail": "connection refused"},
    "restarting": {"restarts": 9},
    "killed": {"detail": "killed"},
    "without a database": {"detail": "database does not answer"},
    "without a route": {"gateway_url": "", "detail": "404 through the gateway"},
}
_ALL_DOWN = {f"all {name}": _deployed(_sick(**fields), every=True) for name, fields in _ALIKE.items()} | {
    "none deployed": _deployed(_gone, every=True),
    "nothing at all": _emptied,
}


def _older(tree: str, **fields: Any) -> Edit:
    return _deployed(_well(tree_digest=tree, **fields))


_STALE = {
    "image of an older tree": _older("sha256:" + "0" * 64),
    "image without a digest": _older(""),
    "tag instead of a digest": _older("latest"),
    "digest of an empty tree": _older(digest("")),
    "restarted with older code": _older("sha256:" + "a" * 64, restarts=1),
    "stale behind the gateway": _older("sha256:" + "b" * 64, gateway_url="http://127.0.0.1/api/x"),
    "stale with a note": _older("sha256:" + "c" * 64, detail="image was found in the cache"),
    "digest in another spelling": _older("SHA256:" + "D" * 64),
}

OPERATORS: Final = (
    Operator(
        check="BUILD-005",
        plants=variants(_STALE, needs="run", touches="deployment"),
        twins=variants(_UP, needs="run", touches="deployment"),
    ),
    Operator(
        check="DEPLOY-001",
        plants=variants(_DOWN, needs="run", touches="deployment", also="DEPLOY-002"),
        twins=variants(_UP, needs="run", touches="deployment"),
    ),
    Operator(
        check="DEPLOY-002",
        plants=variants(_ALL_DOWN, needs="run", touches="deployment", whole=True, also="DEPLOY-001"),
        twins=variants(
            {f"only one {name}": edit for name, edit in _DOWN.items()},
            needs="run",
            touches="deployment",
            whole=True,
            also="DEPLOY-001",
        ),
    ),
)

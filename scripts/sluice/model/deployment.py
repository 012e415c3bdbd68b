"""What runs, and where."""

from sluice.model.base import Artifact, Model


class DeployedService(Model):
    """A generated service that was started; `url` is direct, `gateway_url` goes through Traefik."""

    name: str
    url: str
    gateway_url: str
    healthy: bool
    tree_digest: str = ""
    restarts: int = 0
    detail: str = ""


class Deployment(Artifact):
    """Phase 6, first half: the generated services as deployed, sorted by name."""

    runtime: str
    gateway_url: str
    services: tuple[DeployedService, ...] = ()
    not_deployed: tuple[str, ...] = ()

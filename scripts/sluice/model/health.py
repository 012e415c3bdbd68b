"""Health of the Build 1 services, and of their MCP tools."""

from sluice.model.base import Artifact, Model


class ServiceHealth(Model):
    """One service's health over the stability window; `detail` says what went wrong ('' if nothing)."""

    name: str
    url: str
    healthy: bool
    status: int | None = None
    detail: str = ""


class StackHealth(Artifact):
    """Phase 1: the three Build 1 services answered 200 and stayed so for `stable_seconds`."""

    runtime: str
    stable_seconds: float
    services: tuple[ServiceHealth, ...] = ()


class SmokeCall(Model):
    """One MCP tool: listed, a good call answered as its own output schema says, a bad call answered with an error."""

    server: str
    tool: str
    listed: bool
    answered: bool
    rejects_bad: bool
    detail: str = ""

    @property
    def ok(self) -> bool:
        """All three hold."""
        return self.listed and self.answered and self.rejects_bad


class SmokeReport(Artifact):
    """Phase 2: every MCP tool that later phases call."""

    calls: tuple[SmokeCall, ...] = ()

"""The engine's image commands."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sluice.core.environment import variable
from sluice.core.proc import Completed
from sluice.phases.deploy.runtimes.docker.engine import Engine

_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_BUILD_TIMEOUT_S: Final = 900.0
_PULL_TIMEOUT_S: Final = 900.0
_LINES: Final = 20
_VARIABLES: Final = "{{range .Config.Env}}{{println .}}{{end}}"
_EXCEEDED: Final = {"wall": "it took too long", "cancelled": "interrupted"}


def present() -> frozenset[str]:
    """`name:tag` of every image that the engine has.

    Raises:
        ProcessFailed: the engine does not answer.
    """
    return frozenset(Engine("").text("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split())


def python_minor(image: str) -> str:
    """`3.11` of an image that says so in PYTHON_VERSION, as the official ones do; '' for others."""
    lines = Engine("").text("image", "inspect", image, "--format", _VARIABLES).splitlines()
    version = dict(line.split("=", 1) for line in lines if "=" in line).get("PYTHON_VERSION", "")
    return ".".join(version.split(".")[:2])


def pull(image: str) -> str:
    """Fetch an image; '' or why it cannot be had."""
    return _failure(Engine("").call("pull", image, timeout=_PULL_TIMEOUT_S), lines=1)


def build(
    context: Path,
    *,
    tag: str,
    arguments: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    secrets: Mapping[str, Path] | None = None,
    run_id: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """Build the image of a directory with BuildKit; '' or the end of what the failed build said.

    The machine's proxies are given as the arguments that BuildKit keeps out of images and of their history.
    """
    argv = ["build", "--progress=plain", "--tag", tag]
    for option, pairs in (("--build-arg", arguments), ("--label", labels)):
        argv += [part for name, value in (pairs or {}).items() for part in (option, f"{name}={value}")]
    argv += [part for name in _PROXIES if variable(name) for part in ("--build-arg", name)]
    argv += [part for name, path in (secrets or {}).items() for part in ("--secret", f"id={name},src={path}")]
    env = {"DOCKER_BUILDKIT": "1"}
    done = Engine(run_id).call(*argv, str(context), timeout=_BUILD_TIMEOUT_S, env=env, cancelled=cancelled)
    return _failure(done, lines=_LINES)


def _failure(done: Completed, *, lines: int) -> str:
    """The last lines of a failed command, '' of one that worked."""
    if not done.code and not done.exceeded:
        return ""
    said = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return "\n".join([*said[-lines:], *([_EXCEEDED.get(done.exceeded, "")] if done.exceeded else [])])

"""The process environment: the one module that reads it."""

import os
from collections.abc import Iterable, Mapping

PREFIX = "SLUICE_"

# Enough to find programs, homes, temporary files, certificates and the machine's package mirrors; no key among them.
INHERITED = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_DEFAULT_TIMEOUT",
    "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_CACHE_DIR", "UV_CONFIG_FILE", "UV_NATIVE_TLS",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip

# Which engine `docker` talks to; only where one is needed, no builder among them.
ENGINE_VARIABLES = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "XDG_RUNTIME_DIR",
)  # fmt: skip


def variable(name: str) -> str | None:
    """The value of an environment variable; an empty one counts as unset."""
    return os.environ.get(name) or None


def settings_variables() -> dict[str, str]:
    """All `SLUICE_*` variables."""
    return {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}


def child_environment(extra: Mapping[str, str] | None = None, *, inherit: Iterable[str] = ()) -> dict[str, str]:
    """An allow-listed environment for a child: `INHERITED`, the variables named in `inherit`, then `extra`."""
    names = (*INHERITED, *inherit)
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **(extra or {})}

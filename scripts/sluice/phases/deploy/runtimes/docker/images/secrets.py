"""What builds need of this machine to reach a package index, as build secrets: they enter no layer and no history."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sluice.core.environment import variable
from sluice.core.files import write_atomic
from sluice.core.pyenv import pip_settings

PIP: Final = "pip"
"""Id of the secret that Dockerfiles mount as /etc/pip.conf."""
CERTIFICATES: Final = "ca"
"""Id of the secret with the certificates that this machine trusts; /etc/pip.conf names it."""
_SECRET_MODE = 0o600
_MOST_BYTES = 500 * 1000  # what BuildKit takes
_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


@contextmanager
def build_secrets() -> Iterator[dict[str, Path]]:
    """Files by secret id, private to this user, for as long as the builds last."""
    with TemporaryDirectory(prefix="sluice-") as home:
        found = {PIP: Path(home, PIP)}
        bundle = certificates()
        if bundle:
            found[CERTIFICATES] = bundle
        write_atomic(found[PIP], pip_configuration(pip_settings(), trusted=bundle is not None), mode=_SECRET_MODE)
        yield found


def certificates() -> Path | None:
    """The bundle that pip on this machine trusts, None when there is none that a build can take."""
    named = (pip_settings().get("cert"), variable("SSL_CERT_FILE"), *_BUNDLES)
    paths = (Path(name) for name in named if name)
    return next((path for path in paths if path.is_file() and 0 < path.stat().st_size < _MOST_BYTES), None)


def pip_configuration(settings: dict[str, str], *, trusted: bool) -> str:
    """A pip.conf with this machine's indexes that can be reached from a container, directories among them left out."""
    lines = [f"cert = /run/secrets/{CERTIFICATES}"] if trusted else []
    for key in ("index-url", "extra-index-url", "find-links", "trusted-host", "timeout", "default-timeout"):
        values = settings.get(key, "").split()
        kept = [value for value in values if not value.startswith(("file:", "/", "."))]
        if kept:
            lines.append(f"{key} = {' '.join(kept)}")
    return "\n".join(["[global]", *lines, ""])

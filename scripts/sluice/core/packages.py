"""Where installed packages are."""

from importlib.util import find_spec
from pathlib import Path

from sluice.core.errors import EnvironmentFailure


def package_directory(name: str) -> Path:
    """Where an installed package is; without importing it, since importing takes long and has side effects.

    Raises:
        EnvironmentFailure: it is not installed.
    """
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EnvironmentFailure(f"{name} is not installed", hint="run `nox -s dev`")
    return Path(spec.origin).parent

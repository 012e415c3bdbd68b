"""The image for each variable of the compose files, official or our own; only what is missing is fetched or built."""

from collections.abc import Callable, Sequence
from typing import Final

from filelock import FileLock

from sluice.core.environment import variable
from sluice.core.errors import EnvironmentFailure
from sluice.core.files import mark_ours
from sluice.core.paths import Workspace
from sluice.phases.deploy.runtimes.docker.images import builds
from sluice.phases.deploy.runtimes.docker.images.offline import Builder
from sluice.phases.deploy.runtimes.docker.images.recipes import BUILD1_RECIPE, OFFICIAL, PYTHON, Recipe, offline_tag

_LOCK_POLL_S: Final = 0.1
Emit = Callable[..., None]


def ensure_images(workspace: Workspace, emit: Emit, *, offline: bool = False) -> dict[str, str]:
    """PYTHON_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE, TRAEFIK_IMAGE and SLUICE_IMAGE, each of them on the engine.

    What an environment variable of such a name says is used.  Else an official image that the engine has, or a registry
    gives; else the equivalent that `docker/offline` builds.  With `offline` always the latter.

    Raises:
        EnvironmentFailure: no engine, or an image can be neither fetched nor built.
    """
    home = mark_ours(workspace.root / "images")
    with FileLock(home / "lock", poll_interval=_LOCK_POLL_S):
        having = builds.present()
        builder = Builder(home, having, emit)
        chosen = {
            recipe.variable: _named(recipe, having, emit) or _at_hand(recipe, having, offline=offline)
            for recipe in OFFICIAL
        }
        missing = [recipe for recipe in OFFICIAL if not chosen[recipe.variable]]
        pulled = [] if offline else _pulled(missing, emit)
        chosen |= {recipe.variable: recipe.official for recipe in pulled}
        chosen |= builder.offline([recipe for recipe in missing if recipe not in pulled])
        chosen[BUILD1_RECIPE.variable] = builder.build1(chosen[PYTHON.variable])
    return chosen


def _named(recipe: Recipe, having: frozenset[str], emit: Emit) -> str:
    """The image that the environment names instead, '' where it names none.

    Raises:
        EnvironmentFailure: neither the engine nor a registry has it.
    """
    image = variable(recipe.variable) or ""
    if image and image not in having:
        emit("image.pulling", f"fetching {image}", image=image)
        if why := builds.pull(image):
            hint = f"unset {recipe.variable}, or name an image that the engine has: `docker image ls`"
            raise EnvironmentFailure(
                f"{recipe.variable} names {image}, which cannot be fetched", details=[why], hint=hint
            )
    return image


def _at_hand(recipe: Recipe, having: frozenset[str], *, offline: bool) -> str:
    """What the engine has already, '' for nothing."""
    wanted = [*([] if offline else [recipe.official]), offline_tag(recipe)]
    return next((image for image in wanted if image in having), "")


def _pulled(missing: Sequence[Recipe], emit: Emit) -> list[Recipe]:
    """Those of which a registry gave the official image; the first failure says enough about the others."""
    for number, recipe in enumerate(missing):
        emit("image.pulling", f"fetching {recipe.official}", image=recipe.official)
        if why := builds.pull(recipe.official):
            emit("image.absent", f"{recipe.official} cannot be fetched, so it is built here: {why}")
            return list(missing[:number])
    return list(missing)

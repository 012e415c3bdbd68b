"""Builds the images for which there is no registry; what does not depend on each other is built at the same time."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final

from sluice.core.errors import EnvironmentFailure, ProcessFailed
from sluice.core.files import remove_ours
from sluice.phases.deploy.runtimes.docker.images import builds, contexts
from sluice.phases.deploy.runtimes.docker.images.contexts import Packages
from sluice.phases.deploy.runtimes.docker.images.debian import Apt, closure, release
from sluice.phases.deploy.runtimes.docker.images.recipes import (
    BUILD1_RECIPE,
    OFFLINE,
    RECIPE_LABEL,
    Recipe,
    build1_tag,
    offline_tag,
)

_PARALLEL: Final = 8
_USUAL_PYTHON: Final = "3.11"
Layers = dict[str, Packages]
"""The Debian packages of each recipe, without those of its parent."""


@dataclass(frozen=True)
class Builder:
    """Builds below `home`; `having` are the engine's images before anything was built."""

    home: Path
    having: frozenset[str]
    emit: Callable[..., None]
    stopped: Event = field(default_factory=Event)

    def offline(self, recipes: Sequence[Recipe]) -> dict[str, str]:
        """The offline image for the variable of each recipe.

        The first that fails ends the others, as does an interruption.

        Raises:
            EnvironmentFailure: packages cannot be fetched, or a build failed; shows its last lines.
        """
        parents = [OFFLINE[name] for name in sorted({recipe.parent for recipe in recipes} - {""})]
        missing = [recipe for recipe in (*parents, *recipes) if offline_tag(recipe) not in self.having]
        if missing:
            self.emit("image.building", f"building {', '.join(recipe.name for recipe in missing)}")
        started: dict[str, Future[str]] = {}
        with ThreadPoolExecutor(_PARALLEL) as pool:
            layers = pool.submit(self._layers, [recipe for recipe in missing if recipe.packages])
            for recipe in missing:
                started[recipe.name] = pool.submit(self._one, recipe, layers, started.get(recipe.parent))
            try:
                for future in started.values():
                    future.result()
            except BaseException:
                self.stopped.set()
                raise
        return {recipe.variable: offline_tag(recipe) for recipe in recipes}

    def build1(self, python_image: str) -> str:
        """The image of the Build 1 services on this Python.

        Raises:
            EnvironmentFailure: as above.
        """
        tag = build1_tag(python_image)
        if tag not in self.having:
            minor = builds.python_minor(python_image) or _USUAL_PYTHON

            def fill(context: Path) -> dict[str, str]:
                contexts.build1(context, minor)
                return {"BASE_IMAGE": python_image}

            self._image(BUILD1_RECIPE, tag, fill)
        return tag

    def _layers(self, recipes: Sequence[Recipe]) -> Layers:
        if not recipes:
            return {}
        if not release():
            hint = "let the engine reach a registry, or load the official images: `docker load`"
            raise EnvironmentFailure("images can be built without a registry only on a Debian machine", hint=hint)
        parents = [OFFLINE[recipe.parent] for recipe in recipes if recipe.parent]
        wanted = {recipe.name: recipe for recipe in (*parents, *recipes)}
        apt = Apt(self.home / "apt")
        try:
            return _fetched(apt, recipes, wanted)
        except ProcessFailed:
            apt.update()
            return _fetched(apt, recipes, wanted)

    def _one(self, recipe: Recipe, layers: Future[Layers], parent: Future[str] | None) -> str:
        def fill(context: Path) -> dict[str, str]:
            packages = layers.result()[recipe.name] if recipe.packages else {}
            arguments = contexts.FILL[recipe.name](context, packages)
            if parent:
                parent.result()
            return {**arguments, **({"BASE_IMAGE": offline_tag(OFFLINE[recipe.parent])} if recipe.parent else {})}

        return self._image(recipe, offline_tag(recipe), fill)

    def _image(self, recipe: Recipe, tag: str, fill: Callable[[Path], dict[str, str]]) -> str:
        began = time.monotonic()
        context = contexts.fresh(self.home / recipe.name, recipe.directory)
        arguments = fill(context)
        contexts.make_readable(context)
        labels = {RECIPE_LABEL: tag.rsplit("-", 1)[-1]}
        if why := builds.build(context, tag=tag, arguments=arguments, labels=labels, cancelled=self.stopped.is_set):
            hint = f"mend {recipe.directory.relative_to(recipe.directory.parents[1])}, or make room on the disk"
            raise EnvironmentFailure(f"cannot build the image {tag}", details=why.splitlines(), hint=hint)
        remove_ours(context)
        seconds = round(time.monotonic() - began, 1)
        self.emit("image.built", f"{tag} built in {seconds} s", image=tag, seconds=seconds)
        return tag


def _fetched(apt: Apt, recipes: Sequence[Recipe], wanted: Mapping[str, Recipe]) -> Layers:
    """Each recipe's packages, without those of its parent, which is among `wanted`."""
    graph = apt.graph({name for recipe in wanted.values() for name in recipe.packages})
    closures = {name: closure(graph, recipe.packages) for name, recipe in wanted.items()}
    own = {recipe.name: closures[recipe.name] - closures.get(recipe.parent, frozenset()) for recipe in recipes}
    files = apt.download(frozenset().union(*own.values()))
    return {name: {package: files[package] for package in sorted(packages)} for name, packages in own.items()}

"""Finds plug-ins: every module of a package that exposes the one typed constant of its kind."""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Protocol, TypeVar, runtime_checkable

from sluice.core.errors import InputError


@runtime_checkable
class Named(Protocol):
    """What every plug-in has."""

    @property
    def name(self) -> str:
        """Unique within its kind."""
        ...


P = TypeVar("P", bound=Named)
T = TypeVar("T")


def discover(package: ModuleType, constant: str, kind: type[P]) -> dict[str, P]:
    """Plug-ins of `package` by name, in the order of their modules.

    Raises:
        TypeError: two plug-ins share a name, or a module lacks the constant.
    """
    found: dict[str, P] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if not hasattr(module, constant):
            raise TypeError(f"{module.__name__} does not expose {constant}")
        plugin = getattr(module, constant)
        if not isinstance(plugin, kind):
            raise TypeError(f"{module.__name__}.{constant} is not a {kind.__name__}")
        if plugin.name in found:
            raise TypeError(f"two plug-ins are called {plugin.name!r}")
        found[plugin.name] = plugin
    return found


def gather(package: ModuleType, constant: str, key: Callable[[T], str]) -> dict[str, T]:
    """What the modules of `package` expose, each a tuple of several plug-ins, by `key`, in the order of the modules.

    Raises:
        TypeError: two plug-ins have one key, or a module exposes none.
    """
    found: dict[str, T] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        exposed: tuple[T, ...] = getattr(module, constant, ())
        if not exposed:
            raise TypeError(f"{module.__name__} does not expose {constant}")
        for plugin in exposed:
            if key(plugin) in found:
                raise TypeError(f"two of {constant} are for {key(plugin)!r}")
            found[key(plugin)] = plugin
    return found


def pick(plugins: Mapping[str, T], name: str, what: str) -> T:
    """The plug-in called `name`.

    Raises:
        InputError: there is none; names the closest.
    """
    if name in plugins:
        return plugins[name]
    close = difflib.get_close_matches(name, plugins, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(plugins)}"
    raise InputError(f"no {what} is called {name!r}", hint=hint)

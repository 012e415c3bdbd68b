"""Flags that invoke does not have: one that takes two values, as in `--diff A B`."""

from typing import Any

from invoke.parser.argument import Argument
from invoke.tasks import Task


class Pair(Argument):
    """A flag with two values; given with fewer, the missing one is ''."""

    _value: list[str]

    def __init__(self, like: Argument) -> None:
        super().__init__(
            names=like.names, attr_name=like.attr_name, help=like.help, kind=list, default=[], optional=True
        )

    @property
    def raw_value(self) -> list[str] | None:
        """None tells invoke's parser that one more value may follow."""
        return self._value if len(self._value) > 1 else None

    @raw_value.setter
    def raw_value(self, value: object) -> None:
        """Invoke sets it beside the value itself; nothing is kept twice."""

    def set_value(self, value: Any, cast: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - invoke's signature
        """Take one more value; invoke gives True when no more came."""
        self._value = [*self._value, value if isinstance(value, str) else ""]


class PairTask(Task[Any]):
    """A task in which parameters with the default `()` are flags with two values."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: FBT001 - as above
        """The task's arguments."""
        found = super().get_arguments(ignore_unknown_help)
        return [Pair(argument) if argument.default == () else argument for argument in found]

"""What every builder plug-in has to keep."""

import re
from pathlib import Path

import pytest

from sluice.core.config import Settings
from sluice.phases.build.builder import Builder, builders

SETTINGS = Settings(builder_command=("agent", "--task", "{config}"))
BUILDERS = builders()

each = pytest.mark.parametrize("builder", BUILDERS.values(), ids=BUILDERS)


@pytest.mark.req("R0-051")
def test_the_default_builder_and_the_external_command_are_there() -> None:
    assert {Settings().builder, "command"} <= set(BUILDERS)


@each
def test_it_has_a_name_and_one_line_of_help(builder: Builder) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", builder.name)
    assert builder.help
    assert "\n" not in builder.help


@each
def test_its_command_is_an_argument_list_with_the_configuration(builder: Builder) -> None:
    path = Path("/somewhere/$(touch x); it's/config.json")

    argv = builder.command(path, SETTINGS)

    assert str(path) in argv
    assert all(isinstance(part, str) for part in argv)
    assert argv[0] not in {"sh", "bash"}


@pytest.mark.req("R0-150")
@each
def test_its_command_carries_no_key(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in builder.key_variables:
        monkeypatch.setenv(name, "sk-secret")

    assert not [part for part in builder.command(Path("config.json"), SETTINGS) if "sk-secret" in part]


@each
def test_its_key_variables_are_names_of_variables(builder: Builder) -> None:
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in builder.key_variables)

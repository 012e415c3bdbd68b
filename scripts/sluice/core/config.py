"""Settings and their defaults: `[tool.sluice]` in pyproject.toml < environment (`SLUICE_*`) < flag."""

import difflib
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from sluice.core.environment import PREFIX, settings_variables
from sluice.core.errors import InputError
from sluice.model.base import Model

RESERVED = frozenset({"SLUICE_RUN_ID"})


class Settings(Model):
    """Everything that can be set; times in seconds."""

    runtime: str = "auto"
    builder: str = "template"
    ports: Literal["fixed", "random"] = "fixed"
    seed: int = 1
    min_services: int = Field(default=3, ge=1)
    min_entities: int = Field(default=3, ge=1)
    max_concurrent_builders: int = Field(default=3, ge=1)
    builder_timeout_s: float = Field(default=3600, gt=0)
    builder_idle_timeout_s: float = Field(default=600, gt=0)
    builder_key_variables: tuple[str, ...] = ()
    builder_command: tuple[str, ...] = ()
    min_builder_share: float = Field(default=2 / 3, ge=0, le=1)
    min_compliance: float = Field(default=0.7, ge=0, lt=1)
    fix_passes: int = Field(default=1, ge=0)
    start_timeout_s: float = Field(default=60, gt=0)
    stable_s: float = Field(default=1.0, ge=0)
    max_examples: int = Field(default=10, ge=1)
    test_timeout_s: float = Field(default=600, gt=0)
    architect: Literal["rules", "llm"] = "rules"
    architect_api: Literal["openai", "anthropic"] = "openai"
    architect_url: str = ""
    architect_model: str = ""
    architect_key_variable: str = ""
    architect_timeout_s: float = Field(default=120, gt=0)
    architect_recording: str = ""


def load_settings(
    pyproject: Path, flags: Mapping[str, object], *, stored: Mapping[str, object] | None = None
) -> Settings:
    """Settings from the project file, an earlier run (`stored`), the environment and flags (None: not given).

    The last one wins.

    Raises:
        InputError: unknown key (with a suggestion) or bad value.
    """
    table = _table(pyproject)
    variables = {
        name.removeprefix(PREFIX).lower(): _listed(name.removeprefix(PREFIX).lower(), value)
        for name, value in settings_variables().items()
        if name not in RESERVED
    }
    given = {key: value for key, value in flags.items() if value is not None}
    merged = {**table, **(stored or {}), **variables, **given}
    for key in merged:
        if key not in Settings.model_fields:
            close = difflib.get_close_matches(key, Settings.model_fields, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(Settings.model_fields)}"
            raise InputError(f"unknown setting {key!r}", hint=hint)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        details = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise InputError("bad settings", details=details, hint="see `invoke --help pipeline`") from error


def _table(pyproject: Path) -> dict[str, object]:
    if not pyproject.is_file():
        return {}
    try:
        table: object = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {pyproject}", details=[str(error)], hint="mend the file") from error
    for name in ("tool", "sluice"):
        table = table.get(name, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        raise InputError(f"[tool.sluice] in {pyproject} is no table", hint="write `[tool.sluice]`, then `key = value`")
    return table


def _listed(key: str, value: str) -> object:
    if key == "builder_command":
        try:
            return shlex.split(value)
        except ValueError as error:
            raise InputError(f"cannot split {PREFIX}BUILDER_COMMAND: {error}", hint="close every quote") from error
    return [part for part in value.split(",") if part] if key == "builder_key_variables" else value

"""Base classes of every artifact, and the JSON types they use."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, JsonValue

JsonObject = dict[str, JsonValue]


class Model(BaseModel):
    """An immutable value; unknown keys are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Artifact(Model):
    """What a phase produces; stored as `artifacts/<ClassName>.json`."""

    SCHEMA_VERSION: ClassVar[int] = 1

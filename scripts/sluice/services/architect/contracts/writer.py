"""The component schemas that a document collects while its operations are written."""

from dataclasses import dataclass, field

from sluice.model.base import JsonObject
from sluice.services.architect.contracts.bodies import View

JSON = "application/json"


@dataclass(slots=True)
class Writer:
    """Collects component schemas while operations are written."""

    view: View
    schemas: JsonObject = field(default_factory=dict)

    def component(self, name: str, schema: JsonObject) -> JsonObject:
        """Adds a schema under this name, or a free one beside it, and returns the reference to it."""
        free = name
        while free in self.schemas and self.schemas[free] != schema:
            free = f"{free}Body"
        self.schemas[free] = schema
        return {"$ref": f"#/components/schemas/{free}"}

"""One change as it is collected, before consumers and ignores are known."""

from dataclasses import dataclass

from sluice.services.contract_engine.changes.rules import RULES, Direction, Severity


@dataclass(kw_only=True)
class Change:
    """A difference with its place; `fields` are all places in the body where it shows, `part` says which body.

    `names` are other names of the operation: its operationId, the event, the channel.
    """

    rule: str
    direction: Direction
    method: str = ""
    path: str = ""
    old_path: str = ""
    names: tuple[str, ...] = ()
    pointer: str = ""
    part: str = ""
    text: str
    fields: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """By the rule's table."""
        return RULES[self.rule].severity(self.direction)

    @property
    def message(self) -> str:
        """`GET /users response 200: `email` was removed`, without the operation."""
        shown = ", ".join(f"`{field}`" for field in self.fields[:3] if field)
        more = f" and {len(self.fields) - 3} more" if len(self.fields) > 3 else ""  # noqa: PLR2004 - three are shown
        subject = ": ".join(part for part in (self.part, shown + more) if part)
        return f"{subject} {self.text}" if subject else self.text

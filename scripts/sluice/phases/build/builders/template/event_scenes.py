"""Events that the generated tests send."""

import re

from sluice.phases.build.builders.template.plan import Consumed, Event
from sluice.phases.build.builders.template.samples import accepts, sampled
from sluice.phases.build.builders.template.scenes import key_json, mapping
from sluice.phases.build.builders.template.shapes import as_object


def event_sample(event: Event) -> str:
    """Source of a payload."""
    return repr(event.example if accepts(event.shape, event.example) else sampled(event.shape))


def event_fields(item: Consumed) -> tuple[list[str], str]:
    """Lines to run, and source of the data of an event that can have its effect."""
    value = as_object(
        item.event.example if accepts(item.event.shape, item.event.example) else sampled(item.event.shape)
    )
    lines: list[str] = []
    parts = {name: repr(given) for name, given in value.items()}
    if item.entity is None:
        return lines, mapping(parts)
    if item.key:
        lines.append(f"row = add_{item.entity.variable}(session)")
        _place(item, item.key, key_json(item.entity, "row"), parts)
    for name, source in item.values:
        column = next(column for column in item.entity.columns if column.name == name)
        if column.target:
            target = item.entity.targets[column.target]
            lines.append(f"needed_{name} = add_{target.variable}(session)")
            _place(item, source, key_json(target, f"needed_{name}"), parts)
    return lines, mapping(parts)


def _place(item: Consumed, source: str, value: str, parts: dict[str, str]) -> None:
    found = re.search(r"event\.([a-z0-9_]+)", source)
    for made in item.event.fields.fields if found else ():
        if found and made.name == found[1]:
            parts[made.wire] = value

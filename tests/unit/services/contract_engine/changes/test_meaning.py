"""Documents that mean the same give no change, however they are written; properties over real contracts."""

import copy
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.services.contract_engine.changes.diff import differences
from sluice.services.contract_engine.changes.rules import RULES

CONTRACTS = Path(__file__).parents[4] / "data" / "contracts"
DOCUMENTS = [json.loads(path.read_text("utf-8")) for path in sorted(CONTRACTS.glob("*.json"))]
TODAY = "2026-06-01"
DIRECTED = {"type-changed", "format-changed", "pattern-changed"}
documents = st.sampled_from(DOCUMENTS)
seeds = st.integers(0, 2**32)


def shuffled(value, chance):
    """Members of objects, and of lists whose order says nothing, in another order."""
    if isinstance(value, dict):
        items = [(key, _any_order(key, shuffled(item, chance), chance)) for key, item in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def _any_order(key, value, chance):
    if key in {"required", "enum", "oneOf", "anyOf", "allOf", "type", "tags"} and isinstance(value, list):
        chance.shuffle(value)
    return value


def inlined(document, value, chance, depth=0):
    """Some references in place of which their target stands."""
    if isinstance(value, list):
        return [inlined(document, item, chance, depth) for item in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str) and "/schemas/" in reference and depth < 4 and chance.random() < 0.5:
        target = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
        return inlined(document, copy.deepcopy(target), chance, depth + 1)
    skipped = {"discriminator", "mapping"}
    return {key: item if key in skipped else inlined(document, item, chance, depth) for key, item in value.items()}


def renamed(document):
    """Every schema under another name."""
    text = json.dumps(document).replace("#/components/schemas/", "#/components/schemas/The")
    result = json.loads(text)
    schemas = result.get("components", {}).get("schemas", {})
    result.setdefault("components", {})["schemas"] = {f"The{name}": schema for name, schema in schemas.items()}
    return result


def wrapped(value, chance):
    """Some schemas of properties inside an allOf of one."""
    if isinstance(value, list):
        return [wrapped(item, chance) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: wrapped(item, chance) for key, item in value.items()}
    table = result.get("properties")
    if isinstance(table, dict) and result.get("type") == "object":
        result["properties"] = {k: {"allOf": [v]} if chance.random() < 0.5 else v for k, v in table.items()}
    return result


@settings(max_examples=20, deadline=None, database=None)
@given(documents, seeds)
def test_writing_a_contract_in_another_way_is_no_change(document, seed):
    chance = random.Random(seed)
    assert differences(document, copy.deepcopy(document), today=TODAY) == []
    other = inlined(document, document, chance)
    for variant in (shuffled(document, chance), renamed(document), wrapped(document, chance), shuffled(other, chance)):
        assert differences(document, variant, today=TODAY) == []
        assert differences(variant, document, today=TODAY) == []


def places(value, at=()):
    if isinstance(value, dict):
        yield at
        for key, item in value.items():
            yield from places(item, (*at, key))


def mutated(document, seed):
    """One member of one object below the paths or schemas is gone."""
    result, chance = copy.deepcopy(document), random.Random(seed)
    roots = [key for key in ("paths", "components", "channels", "operations") if key in result]
    found = [at for root in roots for at in places(result[root], (root,)) if "x-sluice" not in at and "links" not in at]
    node = result
    for step in chance.choice(found):
        node = node[step]
    if node:
        del node[chance.choice(sorted(node))]
    return result


@settings(max_examples=60, deadline=None, database=None)
@given(documents, seeds)
def test_what_breaks_in_one_direction_is_harmless_or_breaks_in_the_other_by_the_opposite_rule(document, seed):
    other = mutated(document, seed)
    there = differences(document, other, today=TODAY)
    back = differences(other, document, today=TODAY)
    assert bool(there) == bool(back)
    for one, opposites in ((there, {c.rule for c in back}), (back, {c.rule for c in there})):
        for change in one:
            wanted = RULES[change.rule].opposite
            known = {name for name, rule in RULES.items() if rule.opposite == change.rule} | {wanted}
            assert not wanted or known & opposites, change


@pytest.mark.parametrize("document", DOCUMENTS[:2])
def test_every_place_of_a_change_is_one_of_the_documents(document):
    for seed in range(20):
        other = mutated(document, seed)
        for change in differences(document, other, today=TODAY):
            assert _resolves(document, change.pointer) or _resolves(other, change.pointer), change


def _resolves(document, pointer):
    node = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            return False
    return True

"""One row a rule about schemas: the change that it is for, and a look-alike that means the same as before."""

import copy

import pytest

from sluice.services.contract_engine.changes.diff import differences
from sluice.services.contract_engine.changes.rules import RULES

TODAY = "2026-06-01"
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
LIST = {"type": "array", "items": TEXT}
OPEN = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
CAT = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}, "lives": WHOLE}}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}, "name": TEXT}}
COW = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cow"}}}
NULL = {"type": "null"}


def obj(required=(), **more):
    return {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": list(required), **more}


# rule, before, after, a look-alike of `before`
ROWS = [
    ("type-narrowed", {"type": ["string", "integer"]}, TEXT, {"type": ["integer", "string"]}),
    ("type-narrowed", {"type": "number"}, WHOLE, {"type": ["number"]}),
    ("type-narrowed", {}, TEXT, {"description": "anything"}),
    ("type-widened", WHOLE, {"type": "number"}, {"allOf": [WHOLE, {"type": "number"}]}),
    ("type-changed", TEXT, WHOLE, {"type": "string", "title": "Text"}),
    ("format-narrowed", TEXT, {**TEXT, "format": "date"}, {**TEXT, "example": "2026-01-01"}),
    ("format-narrowed", {**WHOLE, "format": "int64"}, {**WHOLE, "format": "int32"}, {"format": "int64", **WHOLE}),
    ("format-widened", {**WHOLE, "format": "int32"}, {**WHOLE, "format": "int64"},
     {"allOf": [{**WHOLE, "format": "int32"}]}),
    ("format-changed", {**TEXT, "format": "date"}, {**TEXT, "format": "uuid"}, {"format": "date", **TEXT}),
    ("became-nullable", TEXT, {"type": ["string", "null"]}, {"anyOf": [TEXT]}),
    ("became-nullable", TEXT, {"anyOf": [TEXT, NULL]}, {"oneOf": [TEXT]}),
    ("became-not-nullable", {"type": ["string", "null"]}, TEXT, {"oneOf": [NULL, TEXT]}),
    ("enum-value-removed", {"enum": ["a", "b"]}, {"enum": ["a"]}, {"enum": ["b", "a"]}),
    ("enum-value-removed", {"enum": ["a", "b"]}, {"const": "b"}, {"enum": ["a", "b"], "type": "string"}),
    ("enum-value-added", {"enum": [1]}, {"enum": [1, 2]}, {"const": 1.0}),
    ("enum-set", TEXT, {**TEXT, "enum": ["a"]}, {**TEXT, "examples": ["a"]}),
    ("enum-unset", {**TEXT, "enum": ["a"]}, TEXT, {**TEXT, "const": "a"}),
    ("minimum-increased", {**WHOLE, "minimum": 1}, {**WHOLE, "minimum": 2}, {**WHOLE, "exclusiveMinimum": 0}),
    ("minimum-increased", {"type": "number"}, {"type": "number", "minimum": 0},
     {"type": "number", "deprecated": False}),
    ("minimum-decreased", {**WHOLE, "minimum": 1}, {**WHOLE, "minimum": 0}, {**WHOLE, "minimum": 1.0}),
    ("maximum-decreased", {**WHOLE, "maximum": 9}, {**WHOLE, "exclusiveMaximum": 9},
     {**WHOLE, "exclusiveMaximum": 10}),
    ("maximum-increased", {**WHOLE, "maximum": 9}, WHOLE, {"allOf": [WHOLE, {"maximum": 9}]}),
    ("min-length-increased", {**TEXT, "minLength": 1}, {**TEXT, "minLength": 2}, {"minLength": 1, **TEXT}),
    ("min-length-decreased", {**TEXT, "minLength": 1}, {**TEXT, "minLength": 0}, {**TEXT, "minLength": 1.0}),
    ("max-length-decreased", TEXT, {**TEXT, "maxLength": 9}, {**TEXT, "minLength": 0}),
    ("max-length-increased", {**TEXT, "maxLength": 8}, {**TEXT, "maxLength": 9}, {"maxLength": 8, **TEXT}),
    ("min-items-increased", LIST, {**LIST, "minItems": 1}, {**LIST, "minItems": 0}),
    ("min-items-decreased", {**LIST, "minItems": 2}, {**LIST, "minItems": 1}, {"minItems": 2, **LIST}),
    ("max-items-decreased", {**LIST, "maxItems": 2}, {**LIST, "maxItems": 1}, {"maxItems": 2, **LIST}),
    ("max-items-increased", {**LIST, "maxItems": 2}, LIST, {**LIST, "maxItems": 2.0}),
    ("min-properties-increased", OPEN, {**OPEN, "minProperties": 1}, {**OPEN, "minProperties": 0}),
    ("min-properties-decreased", {**OPEN, "minProperties": 1}, OPEN, {"minProperties": 1, **OPEN}),
    ("max-properties-decreased", OPEN, {**OPEN, "maxProperties": 3}, {**OPEN, "title": "Open"}),
    ("max-properties-increased", {**OPEN, "maxProperties": 3}, OPEN, {"maxProperties": 3, **OPEN}),
    ("pattern-added", TEXT, {**TEXT, "pattern": "^a"}, {**TEXT, "description": "^a"}),
    ("pattern-removed", {**TEXT, "pattern": "^a"}, TEXT, {"allOf": [TEXT, {"pattern": "^a"}]}),
    ("pattern-changed", {**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}, {"pattern": "^a", **TEXT}),
    ("multiple-of-tightened", {**WHOLE, "multipleOf": 2}, {**WHOLE, "multipleOf": 4}, {**WHOLE, "multipleOf": 2.0}),
    ("multiple-of-loosened", {**WHOLE, "multipleOf": 4}, {**WHOLE, "multipleOf": 2}, {"multipleOf": 4, **WHOLE}),
    ("multiple-of-changed", {**WHOLE, "multipleOf": 2}, {**WHOLE, "multipleOf": 3}, {"multipleOf": 2, **WHOLE}),
    ("unique-items-added", LIST, {**LIST, "uniqueItems": True}, {**LIST, "uniqueItems": False}),
    ("unique-items-removed", {**LIST, "uniqueItems": True}, LIST, {"uniqueItems": True, **LIST}),
    ("type-changed", LIST, {**LIST, "items": WHOLE}, {**LIST, "items": {"allOf": [TEXT]}}),
    ("type-changed", {"type": "array", "prefixItems": [TEXT, WHOLE]}, {"type": "array", "prefixItems": [WHOLE, WHOLE]},
     {"type": "array", "prefixItems": [{"allOf": [TEXT]}, WHOLE]}),
    ("property-removed", obj(), {"type": "object", "properties": {"a": TEXT}}, {"properties": {"b": TEXT, "a": TEXT}}),
    ("property-forbidden", obj(additionalProperties=False),
     {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
     obj((), additionalProperties=False)),
    ("property-added", {"type": "object", "properties": {"a": TEXT}}, OPEN, {"properties": {"a": TEXT}}),
    ("required-property-added", {"properties": {"a": TEXT}}, obj(("b",)), {"allOf": [{"properties": {"a": TEXT}}]}),
    ("property-became-required", obj(("a",)), obj(("a", "b")), {"allOf": [OPEN, {"required": ["a"]}]}),
    ("property-became-optional", obj(("a", "b")), obj(("a",)), obj(("b", "a"))),
    ("property-deprecated", OPEN, {"properties": {"a": TEXT, "b": {**TEXT, "deprecated": True}}, "type": "object"},
     {"properties": {"a": TEXT, "b": {**TEXT, "deprecated": False}}}),
    ("additional-properties-closed", OPEN, {**OPEN, "additionalProperties": False},
     {**OPEN, "additionalProperties": True}),
    ("additional-properties-opened", {**OPEN, "additionalProperties": False}, OPEN,
     {**OPEN, "unevaluatedProperties": False}),
    ("type-changed", {"additionalProperties": TEXT}, {"additionalProperties": WHOLE},
     {"additionalProperties": {**TEXT}}),
    ("alternative-removed", {"oneOf": [CAT, DOG, COW]}, {"oneOf": [CAT, COW]}, {"oneOf": [COW, CAT, DOG]}),
    ("alternative-added", {"anyOf": [CAT, DOG]}, {"anyOf": [CAT, COW, DOG]}, {"anyOf": [DOG, CAT]}),
    ("alternative-added", CAT, {"oneOf": [DOG, CAT]}, {"oneOf": [CAT]}),
    ("alternative-removed", {"oneOf": [DOG, CAT]}, DOG, {"oneOf": [CAT, {"allOf": [DOG]}]}),
    ("alternatives-set", OPEN, {**OPEN, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {**OPEN, "allOf": [{}]}),
    ("alternatives-unset", {**OPEN, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, OPEN,
     {**OPEN, "anyOf": [{"required": ["b"]}, {"required": ["a"]}]}),
    ("default-changed", {**TEXT, "default": "a"}, {**TEXT, "default": "b"}, {"default": "a", **TEXT}),
    ("condition-changed", {**TEXT, "not": {"const": "a"}}, {**TEXT, "not": {"const": "b"}},
     {**TEXT, "not": {"enum": ["a"]}}),
    ("condition-changed", {**OPEN, "dependentRequired": {"a": ["b"]}}, OPEN,
     {"dependentRequired": {"a": ["b"]}, **OPEN}),
    ("condition-changed", {"patternProperties": {"^x": TEXT}}, {"type": "object"},
     {"patternProperties": {"^x": {"allOf": [TEXT]}}}),
    ("discriminator-changed", {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}},
     {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "sort"}},
     {"oneOf": [DOG, CAT], "discriminator": {"propertyName": "kind"}}),
    ("discriminator-value-removed",
     {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "k", "mapping": {"c": "#", "d": "#"}}},
     {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "k", "mapping": {"c": "#"}}},
     {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "k", "mapping": {"d": "#", "c": "#"}}}),
    ("discriminator-value-added", {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "k", "mapping": {"c": "#"}}},
     {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "k", "mapping": {"c": "#", "d": "#"}}},
     {"oneOf": [CAT, DOG], "discriminator": {"mapping": {"c": "#"}, "propertyName": "k"}}),
]  # fmt: skip


def document(schema, *, version="3.1.0", components=None):
    """The schema as the property `x` of what is sent and of what is received."""
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": {"x": schema}}}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "", **body}}}
    return {
        "openapi": version,
        "info": {"title": "things", "version": "1"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": components or {}},
    }


def changes(before, after, **more):
    return differences(document(before, **more), document(after, **more), today=TODAY)


@pytest.mark.parametrize(("rule", "before", "after", "same"), ROWS)
def test_a_rule_is_found_in_both_directions_and_not_in_its_look_alike(rule, before, after, same):
    found = changes(before, after)
    assert [(c.rule, c.direction, c.severity) for c in sorted(found, key=lambda c: c.direction)] == [
        (rule, "request", RULES[rule].request),
        (rule, "response", RULES[rule].response),
    ]
    assert {c.fields[0].split(".")[0].split("[")[0] for c in found} == {"x"}
    assert changes(before, same) == []
    assert changes(same, before) == []


@pytest.mark.parametrize(("rule", "before", "after"), [row[:3] for row in ROWS if RULES[row[0]].opposite])
def test_exchanging_old_and_new_gives_the_opposite(rule, before, after):
    opposites = {other.id for other in RULES.values() if other.opposite == rule} | {RULES[rule].opposite}
    assert {change.rule for change in changes(after, before)} <= opposites


def test_nullable_of_3_0_and_a_type_with_null_of_3_1_mean_the_same():
    old = document({"type": "string", "nullable": True}, version="3.0.3")
    assert differences(old, document({"type": ["string", "null"]}), today=TODAY) == []
    assert differences(old, document({"type": "string"}, version="3.0.3"), today=TODAY) != []


def test_a_boolean_exclusive_minimum_of_3_0_is_the_number_of_3_1():
    old = document({"type": "number", "minimum": 3, "exclusiveMinimum": True}, version="3.0.3")
    assert differences(old, document({"type": "number", "exclusiveMinimum": 3}), today=TODAY) == []


def test_words_beside_a_reference_count_from_3_1_on():
    components = {"Name": TEXT}
    plain, beside = {"$ref": "#/components/schemas/Name"}, {"$ref": "#/components/schemas/Name", "maxLength": 3}
    assert changes(plain, beside, components=components, version="3.0.3") == []
    assert {c.rule for c in changes(plain, beside, components=components)} == {"max-length-decreased"}


def test_what_is_read_only_does_not_travel_in_requests_nor_what_is_write_only_in_responses():
    before = {"properties": {"a": TEXT, "r": {**TEXT, "readOnly": True}, "w": {**TEXT, "writeOnly": True}}}
    after = {"properties": {"a": TEXT}, "required": []}
    assert {(c.direction, c.fields) for c in changes(before, after)} == {
        ("request", ("x.w",)),
        ("response", ("x.r",)),
    }
    shorter = copy.deepcopy(before)
    shorter["properties"]["r"]["maxLength"] = 3
    assert [c.direction for c in changes(before, shorter)] == ["response"]


@pytest.mark.parametrize(
    ("flag", "direction", "hidden", "shown"),
    [
        ("readOnly", "request", "property-became-read-only", "property-became-writable"),
        ("writeOnly", "response", "property-became-write-only", "property-became-readable"),
    ],
)
def test_a_property_that_stops_or_begins_to_travel_is_told(flag, direction, hidden, shown):
    before, after = {"properties": {"a": TEXT}}, {"properties": {"a": {**TEXT, flag: True}}}
    assert [(c.rule, c.direction) for c in changes(before, after)] == [(hidden, direction)]
    assert [(c.rule, c.direction) for c in changes(after, before)] == [(shown, direction)]


def test_a_required_property_that_must_be_sent_from_now_on_breaks():
    before = {"properties": {"a": {**TEXT, "readOnly": True}}, "required": ["a"]}
    assert [c.rule for c in changes(before, {"properties": {"a": TEXT}, "required": ["a"]})] == [
        "required-property-became-writable"
    ]


def test_a_change_in_a_shared_schema_is_told_once_with_all_its_fields_and_the_place_of_the_component():
    money = {"type": "object", "properties": {"amount": WHOLE}}
    reference = {"$ref": "#/components/schemas/Money"}
    twice = {"properties": {"net": reference, "all": {"type": "array", "items": reference}}}
    old = document(twice, components={"Money": money})
    new = document(twice, components={"Money": {"type": "object", "properties": {"amount": TEXT}}})
    request, response = sorted(differences(old, new, today=TODAY), key=lambda c: c.direction)
    assert request.fields == response.fields == ("x.net.amount", "x.all[].amount")
    assert request.pointer == "/components/schemas/Money/properties/amount"
    assert request.message == "request body: `x.net.amount`, `x.all[].amount` the type changed from integer to string"


def test_cycles_end_and_a_change_inside_of_one_is_found():
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "v": TEXT}}
    changed = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "v": WHOLE}}
    reference = {"$ref": "#/components/schemas/Node"}
    old, new = (document(reference, components={"Node": schema}) for schema in (node, changed))
    assert {c.fields[0] for c in differences(old, new, today=TODAY)} == {"x.v"}
    renamed = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Link"}, "v": TEXT}}
    assert (
        differences(old, document({"$ref": "#/components/schemas/Link"}, components={"Link": renamed}), today=TODAY)
        == []
    )
    loop = document(reference, components={"Node": {"allOf": [reference]}})
    assert differences(loop, copy.deepcopy(loop), today=TODAY) == []


def test_shapes_that_double_at_every_level_are_compared_in_no_time():
    def doubling(leaf):
        both = {
            f"S{n}": {"properties": {side: {"$ref": f"#/components/schemas/S{n + 1}"} for side in "lr"}}
            for n in range(60)
        }
        return document({"$ref": "#/components/schemas/S0"}, components={**both, "S60": leaf})

    found = differences(doubling(TEXT), doubling(WHOLE), today=TODAY)
    assert len(found) <= 2

"""Documents made to hang or crash a validator: each ends in a report, in bounded steps."""

import json

import pytest

from sluice.services.contract_engine.specs.validate import MAX_FAULTS, validate

HEAD = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}


def schemas(table):
    return {**HEAD, "components": {"schemas": table}}


def chain(length, link):
    table = {f"S{n}": {**link(f"#/components/schemas/S{n + 1}"), "default": "x"} for n in range(length)}
    return schemas({**table, f"S{length}": {"type": "string"}})


def tower(levels):
    table = {"S0": {"type": "string"}}
    for level in range(1, levels):
        half = {"$ref": f"#/components/schemas/S{level - 1}"}
        table[f"S{level}"] = {"anyOf": [half, half], "allOf": [half, half], "default": "x"}
    return schemas(table)


def recursion(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value}
    again = {"properties": {"a": {"$ref": "#/components/schemas/T"}}}
    return schemas({"T": {**again, "allOf": [again, again], "default": value}})


BOMB = "openapi: 3.1.0\nx-0: &a0 [1]\n" + "".join(
    f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
MERGES = "a: &a {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}\nb: {<<: [" + ", ".join(["*a"] * 5000) + "]}"


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (chain(30_000, lambda target: {"$ref": target}), "openapi.unjudged"),
        (chain(3_000, lambda target: {"allOf": [{"$ref": target}]}), "openapi.unjudged"),
        (tower(60), "openapi.unjudged"),
        (recursion(50), "openapi.unjudged"),
        (schemas({"A": {"allOf": [{"$ref": "#/components/schemas/A"}], "default": 1}}), "openapi.unjudged"),
        (
            schemas({"A": {"type": "string", "pattern": "(((a{1,200}){1,200}){1,200})", "default": "a"}}),
            "openapi.unjudged",
        ),
        (schemas({"A": {"type": "string", "pattern": "^(a+)+$(?=b)", "default": "a" * 40 + "!"}}), "openapi.default"),
        (schemas({"A": {"$ref": "#"}}), "ref.kind"),
        (schemas({f"S{n}": {"type": "nope"} for n in range(20_000)}), "openapi.schema"),
        ({**HEAD, "paths": {f"/a{n}": n for n in range(20_000)}}, "openapi.structure"),
        ({**HEAD, "paths": {f"/a{n}": {"$ref": f"#/none/{n}"} for n in range(20_000)}}, "ref.dangling"),
        (BOMB, "document.size"),
        (MERGES, "document.size"),
        ('{"openapi": "3.1.0", "x-a": ' + "[" * 100_000, "document.depth"),
        ("x-a: " + "{a: " * 100_000, "document.depth"),
        (json.dumps({**HEAD, "x-a": 1})[:-2] + "1e400}", "document.number"),
        ('{"openapi": "\\ud800"}', "document.text"),
        ("openapi: \ud800", "document.text"),
        ('{"openapi": "\0"}', "document.syntax"),
        ("openapi: 3.1.0\n\tinfo: x", "document.syntax"),
    ],
)
def test_hostile_documents_end_in_a_report(document, rule):
    report = validate(document)[1]
    assert rule in {fault.rule for fault in (*report.errors, *report.warnings)}
    assert len(report.errors) <= MAX_FAULTS + 1


def test_what_is_cut_off_is_said():
    report = validate({**HEAD, "paths": {f"/a{n}": n for n in range(MAX_FAULTS + 3)}})[1]
    assert (report.errors[-1].rule, report.errors[-1].message) == ("document.more", "3 more of these are not shown")

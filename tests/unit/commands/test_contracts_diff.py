import pytest

from sluice.commands.contracts_diff import diff
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError

OLD = """
openapi: 3.1.0
info: {title: user-service, version: "1"}
paths:
  /users:
    get: {responses: {"200": {content: {application/json: {schema: {properties: {id: {type: string}}}}}}}}
"""
NEW = OLD.replace('"1"', '"2"').replace("{id: {type: string}}", "{}")


@pytest.fixture
def compared(here):
    """Compares two texts: the exit code."""

    def run(old, new, *, json=False, consumers="", ignores=""):
        given = {"old.yaml": old, "new.yaml": new, "consumers.yaml": consumers, "ignores.yaml": ignores}
        for name, text in given.items():
            (here / name).write_text(text)
        names = {key: f"{key}.yaml" if text else "" for key, text in (("consumers", consumers), ("ignores", ignores))}
        return diff(Options(json=json), old=here / "old.yaml", new=here / "new.yaml", **names)

    return run


def test_a_breaking_change_ends_with_code_4_and_names_place_and_consumer(compared, capsys):
    assert compared(OLD, NEW, consumers="shop-service: {GET /users: [id]}") == 4
    out = capsys.readouterr().out
    assert "BREAKING from 1 to 2: 1 breaking change, 0 risky ones, 0 compatible ones" in out
    assert "breaks shop-service: reads 1 removed field" in out
    assert "GET /users\n    response 200: `id` was removed  [property-removed]" in out


def test_a_compatible_change_ends_with_code_0(compared, capsys):
    assert compared(NEW, OLD) == 0
    assert capsys.readouterr().out.startswith("compatible from 2 to 1: 0 breaking changes")
    assert compared(OLD, OLD) == 0
    assert capsys.readouterr().out == "no change\n"


def test_json_is_the_whole_answer_and_ignores_are_applied(compared, printed_json):
    agreed = "ignores: [{rule: property-removed, path: /users, reason: unused, until: 2999-01-01}]"
    assert compared(OLD, NEW, json=True, ignores=agreed) == 0
    found = printed_json()
    assert (found["breaking"], found["ignored"]) == (False, 1)
    assert found["changes"][0]["ignored"] == "unused (until 2999-01-01)"


@pytest.mark.parametrize(("old", "said"), [("[", "cannot be read"), ("a: 1", "no contract"), ("- a", "no contract")])
def test_what_is_no_contract_is_bad_input(compared, old, said):
    with pytest.raises(InputError, match=said):
        compared(old, NEW)


def test_parts_in_other_files_are_read_below_the_folder_only(here, capsys):
    parts = here / "parts"
    parts.mkdir()
    for version, kind in (("old", "string"), ("new", "integer")):
        (here / version).mkdir()
        (here / version / "api.yaml").write_text(NEW.replace("{properties: {}}", "{$ref: 'things.yaml#/Thing'}"))
        thing = "Thing: {properties: {id: {$ref: '#/Id'}, out: {$ref: '../parts/x.yaml'}}}"
        (here / version / "things.yaml").write_text(f"{thing}\nId: {{type: {kind}}}\n")
    (parts / "x.yaml").write_text("type: string")
    paths = {"old": here / "old" / "api.yaml", "new": here / "new" / "api.yaml"}
    assert diff(Options(), **paths) == 4
    out = capsys.readouterr().out
    assert "`id` the type changed from string to integer" in out
    assert "at things.yaml#/Thing/properties/id" in out or "at things.yaml#/Id" in out
    assert diff(Options(), **paths, folder=str(here)) == 4
    with pytest.raises(InputError, match="does not lie below"):
        diff(Options(), **paths, folder=str(parts))


def test_a_file_that_is_not_there_is_bad_input(here):
    with pytest.raises(InputError, match=r"cannot read .*missing"):
        diff(Options(), old=here / "missing", new=here / "missing", consumers="", ignores="")

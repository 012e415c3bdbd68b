"""SCHEMA-001: fields that the contract does not declare, by every way an answer is made."""

from typing import Final

from sluice.commands.gate_proof.edits import after_app, at_end, both, new_file, swap
from sluice.commands.gate_proof.mutation import Operator, variants

_SCHEMAS = ("app/schemas.py", "app/main.py", "src/*.py")
_MODEL = r"^(class (?:Order|User|UserPublic|Notification|Product|Invoice)\((?:\w|\.)+\):\n(?:    [\"'](?:.*)\n)?\n?)"

_MODELS = {
    "nested model": both(
        swap(_MODEL, r"\1§    origin_of_row: 'Origin'\n", *_SCHEMAS),
        at_end("class Origin(BaseModel):\n    host: str", imports="from pydantic import BaseModel"),
    ),
    "union": swap(_MODEL, r"\1§    parent: str | int | None = None\n", *_SCHEMAS),
    "optional field": swap(_MODEL, r"\1§    internal_revision: int | None = None\n", *_SCHEMAS),
    "required field": swap(_MODEL, r"\1§    margin: float\n", *_SCHEMAS),
    "field with a default": swap(_MODEL, r'\1§    storage_node: str = "a"\n', *_SCHEMAS),
    "annotated field": swap(_MODEL, r"\1§    score: Annotated[float, Field(ge=0)] = 0.0\n", *_SCHEMAS),
    "alias": swap(_MODEL, r'\1§    title_: str = Field(default="", serialization_alias="displayTitle")\n', *_SCHEMAS),
    "computed": swap(
        _MODEL, r"\1    @computed_field\n    @property\n§    def age(self) -> int:\n        return 1\n\n", *_SCHEMAS
    ),
    "list of texts": swap(_MODEL, r"\1§    audit_trail: list[str] = []\n", *_SCHEMAS),
    "by inheritance": both(
        swap(
            r"^(class (?:Product|Invoice|Parcel)(?:In)?|class Order|class User|class Notification)\(\w+\):",
            r"class Tracked(BaseModel):\n§    traced_by: str = ''\n\n\n\1(Tracked):",
            *_SCHEMAS,
        ),
    ),
}
_LITERALS = {
    "added to a dictionary": swap(
        r'^    return \{"waiting": 0\}', '    answer = {"waiting": 0}\n§    answer["oldest"] = None\n    return answer'
    ),
    "two dictionaries": swap(r'^    return \{"waiting": 0\}', '§    return {**{"waiting": 0}, "oldest": None}'),
    "keywords": swap(r'jsonify\(\{"status": "ok"\}\)', '§jsonify(status="ok", host="a")'),
    "dict call": swap(r'^    return \{"waiting": 0\}', "§    return dict(waiting=0, oldest=None)"),
    "dictionary of a FastAPI handler": swap(
        r'^(    return \{"status": "ok")\}\n', r'§\1, "version": "1.0"}\n', "app/main.py", "src/*.py"
    ),
    "dictionary of a Flask handler": swap(
        r'"quantity": found\["quantity"\]\}, 201', r'"quantity": found["quantity"], §"warehouse": "north"}, 201'
    ),
    "jsonify": swap(r'"quantity": found\["quantity"\]\}\)', r'"quantity": found["quantity"], §"low": True})'),
    "jsonify of health": swap(r'jsonify\(\{"status": "ok"\}\)', r'jsonify({"status": "ok", §"host": "a"})'),
    "dictionary by name": swap(
        r'^    return jsonify\(\{"sku".*\n',
        '    answer = {\n        "sku": sku,\n§        "shelf": 3,\n    }\n    return jsonify(answer)\n',
    ),
    "dataclass": swap(r"^    state: str\n", "    state: str\n§    weight: int = 0\n"),
    "sub-application": swap(r'^    return \{"waiting": 0\}', '    return {"waiting": 0, §"oldest": None}'),
    "list of keys over lines": swap(
        r'^    return \{"waiting": 0\}', '    return {\n        "waiting": 0,\n§        "retries": 1,\n    }'
    ),
}
_TWINS = {
    "input model": swap(
        r"^(class \w+(?:Create|In|Update)|class NewInvoice)\((\w+)\):\n((?:    \"\"\".*\n)?)",
        r"\1(\2):\n\3\n    hint_for_us: str | None = None\n",
        *_SCHEMAS,
    ),
    "private attribute": swap(_MODEL, r"\1    _cache: int = 0\n", *_SCHEMAS),
    "excluded field": swap(_MODEL, r'\1    secret_note: str = Field(default="", exclude=True)\n', *_SCHEMAS),
    "class variable": swap(_MODEL, r"\1    table: ClassVar[str] = 'rows'\n", *_SCHEMAS),
    "method": swap(_MODEL, r"\1    def shout(self) -> str:\n        return str(self)\n\n", *_SCHEMAS),
    "property that is not computed": swap(
        _MODEL, r"\1    @property\n    def label(self) -> str:\n        return 'x'\n\n", *_SCHEMAS
    ),
    "model of nobody": at_end("class Unused(BaseModel):\n    anything: int", imports="from pydantic import BaseModel"),
    "documentation": swap(
        _MODEL, r'\1    model_config = {"json_schema_extra": {"example": {"other": 1}}}\n', *_SCHEMAS
    ),
    "log record": at_end("def record() -> dict[str, int]:\n    return {'internal': 1}"),
    "route that the contract does not describe": after_app(
        "@APP.get('/metrics-of-mine', include_in_schema=False)\ndef own() -> dict[str, int]:\n    return {'uptime': 1}"
    ),
}
_LITERAL_TWINS = {
    "error answer of Flask": swap(
        r"^    if found is None:\n        abort\(404\)\n",
        '    if found is None:\n        return jsonify({"error": "none", "code": 7}), 404\n',
    ),
    "keys of a nested call": swap(
        r'^    return \{"waiting": 0\}',
        '    counts = {"high": 0, "low": 0}\n    return {"waiting": sum(counts.values())}',
    ),
    "same field by another constant": swap(r'^    return \{"waiting": 0\}', "    return dict(waiting=0)"),
    "test": new_file("tests/test_answer.py", "def test_it():\n    assert {'extra': 1} != {'status': 'ok'}"),
}
_GRAPH = "ROUTE-001 ROUTE-002"

OPERATORS: Final = (
    Operator(
        check="SCHEMA-001",
        plants=(*variants(_MODELS, needs="fastapi"), *variants(_LITERALS, needs="folder")),
        twins=(*variants(_TWINS, needs="fastapi", also=_GRAPH), *variants(_LITERAL_TWINS, needs="folder")),
    ),
)

import ast
from pathlib import Path

from sluice.services.contract_engine.specs import catalogue
from sluice.services.contract_engine.specs.catalogue import RULES


def test_every_rule_is_complete_and_in_use():
    sources = [path.read_text("utf-8") for path in Path(catalogue.__file__).parent.glob("*.py")]
    others = "\n".join(source for source in sources if source != Path(catalogue.__file__).read_text("utf-8"))
    said = {node.value for node in ast.walk(ast.parse(others)) if isinstance(node, ast.Constant)}
    for rule in RULES.values():
        assert rule.about
        assert rule.hint
        word = "." + rule.id.split(".")[-1]
        assert rule.id in said or word in said or rule.id.split(".")[-1] in {"default", "example", "x-sluice"}, rule.id

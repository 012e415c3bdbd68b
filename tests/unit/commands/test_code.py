import importlib.util
import json
import sys
from pathlib import Path

import pytest
from invoke import Program

ROOT = Path(__file__).parents[3]


@pytest.fixture
def invoke(tmp_path, monkeypatch, capsys):
    """Runs a `code.` task on a small tree, as the command line does; its JSON."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "shop.py").write_text("class Order:\n    def total(self): ...\n@app.get('/orders/{id}')\ndef read(): ...\n")
    (tree / "mail.py").write_text("broker.publish('OrderPaid')\ndef (\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sluice.commands.face.signal.signal", lambda *_: None)

    def run(*words):
        argv = ["invoke", *words, "--json"]
        monkeypatch.setattr(sys, "argv", argv)
        spec = importlib.util.spec_from_file_location("code_tasks", ROOT / "tasks.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        Program(namespace=module.ns).run(argv, exit=False)
        return json.loads(capsys.readouterr().out)

    return run


def test_several_names_are_found_in_one_call_on_the_tree_as_it_is_now(invoke, tmp_path):
    found = invoke("code.find", "Order", "shop.Order.total", "--root", "tree", "Nowhere")
    assert [(hit["query"], hit["qualified_name"], hit["line"]) for hit in found["results"]] == [
        ("Order", "shop.Order", 1),
        ("shop.Order.total", "shop.Order.total", 2),
    ]
    assert [item["path"] for item in found["skipped"]] == ["mail.py"]
    (tmp_path / "tree" / "shop.py").write_text("class Basket: ...\n")
    again = invoke("code.find", "Order", "--root", "tree")
    assert again["results"] == []
    assert again["tree_hash"] != found["tree_hash"]


def test_an_index_a_route_and_an_event_are_answered_for_the_same_tree(invoke):
    index = invoke("code.index", "tree")
    assert (index["files"], index["read"], index["symbols"] > 3) == (2, 2, True)
    route = invoke("code.route", "GET /orders/42", "--root", "tree")
    assert [(hit["route"], hit["handler"]) for hit in route["results"]] == [("/orders/{id}", "read")]
    event = invoke("code.event", "order.paid", "--root", "tree")
    assert [(use["path"], use["line"]) for use in event["publishers"]] == [("mail.py", 1)]
    assert {index["tree_hash"]} == {route["tree_hash"], event["tree_hash"]}

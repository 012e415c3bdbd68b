"""The task file and the nox file as a person meets them."""

import ast
import importlib.util
import json
import re
import signal
from pathlib import Path

import pytest
from invoke import Program

ROOT = Path(__file__).parents[2]
RUN_ID = "20260101-000000-abcdef"


def load_tasks():
    spec = importlib.util.spec_from_file_location("sluice_tasks", ROOT / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ns


NAMESPACE = load_tasks()
TASKS = sorted(NAMESPACE.task_names)
NEEDS_NOTHING = ["builders", "checks", "phases", "plan", "reap", "runs", "runtimes"]
NEEDS_A_RUN = ["down", "report", "resume", "status", "up"]


@pytest.fixture
def invoke(tmp_path, monkeypatch, capsys):
    """Runs a task in an empty directory: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def run(*arguments):
        code = 0
        try:
            Program(namespace=NAMESPACE).run(["invoke", *arguments])
        except SystemExit as ended:
            code = ended.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    yield run
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.req("R0-004")
def test_every_phase_and_the_whole_have_a_task():
    assert {f"phase{number}" for number in range(1, 8)} | {"pipeline", "resume", "plan", "gate"} <= set(TASKS)


@pytest.mark.req("R0-209")
@pytest.mark.parametrize("name", TASKS)
def test_a_task_explains_itself_and_each_of_its_flags(invoke, name):
    code, out, _ = invoke("--help", name)
    assert code == 0
    task = load_tasks()[name]
    assert task.__doc__
    assert task.__doc__.split("\n")[0][:60] in out
    flags = task.get_arguments()
    assert "json" in {flag.name for flag in flags}
    assert [flag.name for flag in flags if not flag.help] == []


def test_all_tasks_are_listed_with_their_first_line(invoke):
    code, out, _ = invoke("--list")
    assert code == 0
    for name in TASKS:
        assert re.search(rf"^\s+{name}\s+\S", out, re.MULTILINE)


@pytest.mark.parametrize("name", NEEDS_NOTHING)
def test_json_is_all_that_stands_on_stdout(invoke, name):
    code, out, _ = invoke(name, "--json")
    assert code == 0
    assert isinstance(json.loads(out), list | dict)


@pytest.mark.parametrize("name", NEEDS_A_RUN)
def test_without_a_run_a_task_says_how_to_get_one_and_stdout_stays_clean(invoke, name):
    code, out, err = invoke(name, "--json")
    assert (code, out) == (2, "")
    assert "there is no run yet" in err
    assert "What to do:" in err


@pytest.mark.parametrize("name", ["pipeline", *(f"phase{number}" for number in range(1, 8))])
def test_a_missing_prd_is_bad_input(invoke, tmp_path, name):
    code, out, err = invoke(name, "--json", "--prd", "missing.md", "--runtime", "embedded")
    assert (code, out) == (2, "")
    assert "cannot read the PRD missing.md" in err
    assert not (tmp_path / ".sluice").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["phase9"], "phase9"),
        (["pipeline", "--bogus"], "--bogus"),
        (["pipeline", "--prd"], "needed value"),
        (["logs"], "name"),
        (["gate"], "path"),
    ],
)
def test_what_no_task_takes_is_said_in_one_line(invoke, arguments, said):
    code, _, err = invoke(*arguments)
    assert code != 0
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan", "--phase", "9"], "no phase 9"),
        (["plan", "--phase", "x"], "whole number"),
        (["logs", "architect", "--lines=-1"], "whole number"),
        (["logs", "architect"], "no run yet"),
        (["status", "--run", "../../x"], "no run yet"),
        (["reap", "--run", "../../x"], "not a run id"),
        (["gate", "missing"], "not a directory"),
        (["gate", "."], "no Python code"),
        (["pipeline", "--runtime", "embeded"], "did you mean 'embedded'?"),
        (["pipeline", "--runtime", "embedded", "--builder", "templat"], "did you mean 'template'?"),
        (["pipeline", "--ports", "some"], "'fixed' or 'random'"),
    ],
)
def test_bad_values_are_bad_input_with_a_way_out(invoke, arguments, said):
    code, _, err = invoke(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLUICE_PORTS", "some"),
        ("SLUICE_MAX_EXAMPLES", "many"),
        ("SLUICE_MAX_EXAMPLES", "0"),
        ("SLUICE_MIN_COMPLIANCE", "nan"),
        ("SLUICE_MAX_EXAMPELS", "3"),
        ("SLUICE_BUILDER_COMMAND", "'open"),
    ],
)
def test_bad_variables_are_bad_input(invoke, tmp_path, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    code, _, err = invoke("pipeline", "--json", "--runtime", "embedded")
    assert code == 2
    assert value in err or variable.removeprefix("SLUICE_").lower() in err.lower()
    assert not (tmp_path / ".sluice").exists()


def sessions():
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return {node.name: ast.get_docstring(node) for node in functions}


@pytest.mark.req("R0-209")
def test_every_nox_session_explains_itself():
    assert {"pipeline", "gate", "tests", "lint", "types", "bench", "dev", "lock", "requirements"} <= sessions().keys()
    assert all(sessions().values())


def test_the_sessions_and_tasks_that_the_readme_names_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {name.replace("-", "_") for name in re.findall(r"nox -s ([\w-]+)", readme)}
    assert named <= sessions().keys()
    named = set(re.findall(r"(?:`|\.venv/bin/)invoke ([a-z](?:[\w.]*\w)?)", readme))
    assert named <= set(TASKS)
    assert len(named) >= 5


def test_two_runs_are_given_to_diff_as_two_words(invoke):
    code, _, err = invoke("report", "--diff", RUN_ID, "nothing")
    assert (code, "there is no run yet" in err) == (2, True)
    assert invoke("report", "--diff", RUN_ID)[0] == 2

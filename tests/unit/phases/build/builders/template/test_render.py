import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.core import proc
from sluice.core.files import source_files
from sluice.phases.build.builders.template.render import write

HADOLINT = str(Path(sys.executable).with_name("hadolint"))
NAMES = ("studio", "messenger", "hostile")
each = pytest.mark.parametrize("name", NAMES)
Rendered = Callable[[str], dict[str, str]]


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in source_files(root)}


@pytest.fixture(scope="module", params=NAMES)
def written(request: pytest.FixtureRequest, rendered: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp(request.param)
    write(rendered(request.param), directory)
    return directory


@each
def test_two_renderings_are_equal(rendered: Rendered, name: str, tmp_path: Path) -> None:
    for directory in (tmp_path / "a", tmp_path / "b"):
        write(rendered(name), directory)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_what_is_written_is_clean_under_its_own_rules(written: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        done = proc.run([sys.executable, "-m", "ruff", *command, "--no-cache", "--quiet", "."], cwd=written)
        assert done.code == 0, done.stdout


def test_no_line_of_a_template_is_left(written: Path) -> None:
    texts = b"\n".join(path.read_bytes() for path in source_files(written))

    assert b"{%" not in texts.replace(b"{% for %}", b"")
    assert b"49" not in texts.replace(b"15 months", b"")


def test_modules_are_small_and_do_not_print(written: Path) -> None:
    for path in source_files(written):
        if path.suffix == ".py":
            tree = ast.parse(path.read_text())
            called = {
                node.func.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert not called & {"print", "eval", "exec"}
            assert len(path.read_text().splitlines()) <= 400


def test_functions_are_short(written: Path) -> None:
    functions = [
        node
        for path in source_files(written / "app")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]

    assert functions
    assert all((node.end_lineno or 0) - node.lineno < 60 for node in functions)


def test_a_verifier_issues_nothing(rendered: Rendered) -> None:
    texts = rendered("messenger")

    assert "app/passwords.py" not in texts
    assert "argon2" not in texts["requirements.txt"]
    assert "jwt.encode" not in texts["app/security.py"]


def test_a_service_without_events_and_tokens_has_no_code_for_them(rendered: Rendered, tmp_path: Path) -> None:
    write(rendered("hostile"), tmp_path)

    for name, text in contents(tmp_path).items():
        assert not re.search(r"events|security", name)
        assert not re.search(rb"redis|jwt", text, re.IGNORECASE), name


def test_a_service_that_only_consumes_has_no_outbox(rendered: Rendered) -> None:
    texts = rendered("messenger")

    assert "app/events/relay.py" not in texts
    assert "outbox" not in texts["migrations/versions/0001_initial.py"]


def test_the_text_of_a_contract_runs_no_code(rendered: Rendered) -> None:
    for path, text in rendered("hostile").items():
        if path.endswith(".py"):
            imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
            foreign = {alias.name for node in imports for alias in node.names}
            assert "os" not in foreign or path in {"migrations/env.py", "tests/conftest.py"}
            assert not [node for node in ast.walk(ast.parse(text)) if getattr(node, "id", "") == "__import__"]


@pytest.mark.req("R0-086", "R0-087")
def test_the_image_is_pinned_checked_and_not_run_by_root(written: Path) -> None:
    text = (written / "Dockerfile").read_text()

    found = proc.run([HADOLINT, "--warning", "DL3057", "--failure-threshold", "info", "Dockerfile"], cwd=written)
    assert found.code == 0, found.stdout
    assert "ARG BASE_IMAGE=python:3.11-slim" in text
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "http://127.0.0.1:8080/health" in text

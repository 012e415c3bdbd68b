import json
import sys
from pathlib import Path
from typing import Any

import pytest

from sluice.core import proc
from sluice.core.errors import InputError
from sluice.model.finding import Finding
from sluice.phases.build.builders.template import __main__, job
from sluice.phases.build.state import parse_builder_state

CONTRACTS = Path(__file__).parents[5] / "data" / "contracts"


@pytest.fixture
def config(tmp_path: Path) -> Any:
    """Writes a configuration file and returns its path."""

    def made(name: str = "messenger", **more: object) -> Path:
        document = {
            "service": name,
            "openapi": str(CONTRACTS / f"{name}.openapi.json"),
            "asyncapi": str(CONTRACTS / f"{name}.asyncapi.json") if name != "hostile" else None,
            "output_dir": str(tmp_path / "output"),
            "state_file": str(tmp_path / "STATE.JSON"),
            "builder": "template",
            "violations": [],
            "attempt": 1,
            "previous_output_dir": None,
            **more,
        }
        path = tmp_path / "config.json"
        path.write_text(json.dumps(document))
        return path

    return made


@pytest.mark.req("R0-054")
def test_it_runs_as_a_program_and_leaves_a_claim(config: Any, tmp_path: Path) -> None:
    path = config()

    done = proc.run([sys.executable, "-m", "sluice.phases.build.builders.template", str(path)], cwd=tmp_path)

    claim = parse_builder_state(tmp_path / "STATE.JSON")
    assert (done.code, claim.status, claim.convergence) == (0, "success", 1.0)
    assert claim.summary["operations"] == 8
    assert "app/main.py" in claim.files
    assert all((tmp_path / "output" / name).is_file() for name in claim.files)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["read", "wrote"]


def test_operations_that_are_not_implemented_are_not_claimed(config: Any) -> None:
    state = job.build(job.load(config("hostile")), lambda _line: None)

    assert (state.summary["operations"], state.summary["implemented"]) == (11, 8)
    assert state.convergence == pytest.approx(8 / 11)
    assert any("it answers 501" in note for note in state.notes)


def test_a_later_attempt_rewrites_what_was_damaged_and_names_it(config: Any, tmp_path: Path) -> None:
    first = job.build(job.load(config()), lambda _line: None)
    good = (tmp_path / "output/app/main.py").read_bytes()
    (tmp_path / "output/app/main.py").write_text("print('damage')\n")
    (tmp_path / "output/app/extra.py").write_text("print('damage')\n")
    violation = Finding(check="LOG-001", layer=3, severity="error", message="print", path="app/main.py")

    again = job.build(job.load(config(attempt=2, violations=[violation.model_dump()])), lambda _line: None)

    assert (tmp_path / "output/app/main.py").read_bytes() == good
    assert again.files == first.files
    assert again.summary["rewritten"] == ["app/main.py"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"service": 1}'])
def test_a_broken_configuration_is_an_input_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)

    with pytest.raises(InputError):
        job.load(path)


@pytest.mark.parametrize("name", ["../x", "A", "", "a" * 64, "$(touch x)"])
def test_a_bad_service_name_is_an_input_error(config: Any, name: str) -> None:
    with pytest.raises(InputError):
        job.load(config("messenger", service=name))


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "[" * 100_000, '{"paths": {}}'])
def test_a_broken_contract_ends_with_code_2_and_a_sentence(
    config: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "contract.json").write_text(text)

    code = __main__.main([str(config(openapi=str(tmp_path / "contract.json")))])

    error = capsys.readouterr().err
    assert code == 2
    assert "contract" in error
    assert "Traceback" not in error


def test_a_contract_that_is_nested_too_deeply_ends_with_code_2(
    config: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = '{"type": "array", "items": ' * 400 + "{}" + "}" * 400
    content = f'{{"application/json": {{"schema": {schema}}}}}'
    responses = f'{{"200": {{"description": "x", "content": {content}}}}}'
    (tmp_path / "contract.json").write_text(
        f'{{"info": {{}}, "paths": {{"/x": {{"get": {{"responses": {responses}}}}}}}}}'
    )

    assert __main__.main([str(config(openapi=str(tmp_path / "contract.json")))]) == 2
    assert "nested too deeply" in capsys.readouterr().err


def test_without_an_argument_it_says_what_it_wants(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main([]) == 2
    assert "configuration file" in capsys.readouterr().err

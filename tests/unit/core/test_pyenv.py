from pathlib import Path
from typing import Any

import pytest

from sluice.core import proc, pyenv
from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import Workspace

UV = ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_CONFIG_FILE", "UV_FIND_LINKS", "UV_EXTRA_INDEX_URL")
PIP = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_CERT")


@pytest.fixture
def pip_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*UV, *PIP, "UV_INDEX_STRATEGY", "UV_OFFLINE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "pip.conf"
    path.write_text("")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    monkeypatch.setattr(pyenv, "_pip_files", lambda: [path])
    return path


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Stands in for uv: makes an empty interpreter file, so that only our own logic is under test."""
    calls: list[tuple[str, ...]] = []

    def run(argv: list[str], **_: Any) -> proc.Completed:
        calls.append(tuple(argv))
        if argv[1] == "venv":
            python = Path(argv[-1], "bin", "python")
            python.parent.mkdir(parents=True)
            python.touch()
        return proc.Completed(argv=tuple(argv), code=0, stdout="", stderr="", seconds=0)

    monkeypatch.setattr(proc, "run", run)
    return calls


def silent(*_: object, **__: object) -> None:
    pass


def requirements(root: Path, service: str, text: str) -> Path:
    path = root / service / "requirements.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_an_environment_is_made_once_and_shared_by_equal_requirements(
    tmp_path: Path, installer: list[tuple[str, ...]]
) -> None:
    workspace = Workspace(tmp_path / "w").create()
    first = requirements(tmp_path, "one", "left-pad==1.0\n")
    second = requirements(tmp_path, "two", "left-pad==1.0\n")
    python = pyenv.ensure_environment(workspace, [first], emit=silent)
    assert python.is_file()
    assert python.is_relative_to(workspace.environments)
    made = len(installer)
    assert pyenv.ensure_environment(workspace, [second, first], emit=silent) == python
    assert len(installer) == made


def test_other_requirements_get_another_environment(tmp_path: Path, installer: list[tuple[str, ...]]) -> None:
    workspace = Workspace(tmp_path / "w").create()
    first = pyenv.ensure_environment(workspace, [requirements(tmp_path, "one", "a==1\n")], emit=silent)
    second = pyenv.ensure_environment(workspace, [requirements(tmp_path, "two", "a==2\n")], emit=silent)
    assert first != second
    assert len(installer) == 4


def test_a_change_in_an_included_file_gives_another_environment(
    tmp_path: Path, installer: list[tuple[str, ...]]
) -> None:
    workspace = Workspace(tmp_path / "w").create()
    base = requirements(tmp_path, "one", "a==1\n")
    outer = base.with_name("requirements-dev.txt")
    outer.write_text("-r requirements.txt\npytest==9\n")
    first = pyenv.ensure_environment(workspace, [outer], emit=silent)
    base.write_text("a==2\n")
    assert pyenv.ensure_environment(workspace, [outer], emit=silent) != first
    assert installer


@pytest.mark.usefixtures("installer")
def test_an_environment_whose_making_was_killed_is_made_anew(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w").create()
    files = [requirements(tmp_path, "one", "a==1\n")]
    python = pyenv.ensure_environment(workspace, files, emit=silent)
    home = python.parents[2]
    (home / "complete").unlink()
    (home / "half-written").touch()
    assert pyenv.ensure_environment(workspace, files, emit=silent) == python
    assert not (home / "half-written").exists()
    assert (home / "complete").is_file()


def test_packages_that_cannot_be_installed_are_an_environment_failure_that_shows_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path / "w").create()

    def run(argv: list[str], **_: Any) -> proc.Completed:
        return proc.Completed(argv=tuple(argv), code=1, stdout="", stderr="no such package: nope", seconds=0)

    monkeypatch.setattr(proc, "run", run)
    with pytest.raises(EnvironmentFailure, match="packages of one") as caught:
        pyenv.ensure_environment(workspace, [requirements(tmp_path, "one", "nope==1\n")], emit=silent)
    assert "no such package: nope" in caught.value.details


@pytest.mark.usefixtures("installer")
@pytest.mark.parametrize("line", ["--index-url https://example.org/simple", "-e .", "--find-links=/x", "-f /x"])
def test_an_option_that_says_where_packages_come_from_is_refused(tmp_path: Path, line: str) -> None:
    workspace = Workspace(tmp_path / "w").create()
    with pytest.raises(EnvironmentFailure, match="option that is not allowed"):
        pyenv.ensure_environment(workspace, [requirements(tmp_path, "one", f"a==1\n{line}\n")], emit=silent)


@pytest.mark.usefixtures("installer")
def test_missing_requirements_are_an_environment_failure(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w").create()
    with pytest.raises(EnvironmentFailure, match=r"cannot read requirements\.txt of absent"):
        pyenv.ensure_environment(workspace, [tmp_path / "absent" / "requirements.txt"], emit=silent)


def test_uv_is_told_what_pip_is_configured_to_use(pip_conf: Path, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    pip_conf.write_text(
        "[global]\nindex-url = https://index.example/simple\nextra-index-url =\n  https://a.example/s\n  file:///b\n"
        f"[install]\nfind-links = {wheels} {tmp_path / 'gone'} https://c.example/w\ncert = /ca.pem\n"
    )
    assert pyenv.index_variables() == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://a.example/s file:///b",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": f"{wheels},https://c.example/w",
        "SSL_CERT_FILE": "/ca.pem",
    }


def test_a_pip_variable_wins_over_pips_files(pip_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_conf.write_text("[global]\nindex-url = https://file.example/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example/simple")
    assert pyenv.index_variables() == {"UV_DEFAULT_INDEX": "https://variable.example/simple"}


def test_uvs_own_configuration_is_left_alone(pip_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_conf.write_text("[global]\nindex-url = https://file.example/simple\n")
    monkeypatch.setenv("UV_INDEX", "https://mine.example/simple")
    assert pyenv.index_variables() == {}


def test_a_broken_pip_configuration_does_not_stop_us(pip_conf: Path) -> None:
    pip_conf.write_text("not a section\n")
    assert pyenv.index_variables() == {}


def test_pips_offline_mode_is_kept(pip_conf: Path, tmp_path: Path, installer: list[tuple[str, ...]]) -> None:
    pip_conf.write_text("[global]\nno-index = true\n")
    workspace = Workspace(tmp_path / "w").create()
    pyenv.ensure_environment(workspace, [requirements(tmp_path, "one", "a==1\n")], emit=silent)
    assert "--no-index" in installer[-1]

import pytest

from sluice.core.config import Settings, load_settings
from sluice.core.errors import InputError


@pytest.fixture(autouse=True)
def no_settings_variables(monkeypatch):
    for name in ("SLUICE_SEED", "SLUICE_RUNTIME", "SLUICE_MIN_SERVICE"):
        monkeypatch.delenv(name, raising=False)


def project(tmp_path, text):
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    return path


def test_defaults_are_those_of_the_requirements(tmp_path):
    settings = load_settings(tmp_path / "none.toml", {})
    assert (settings.min_services, settings.min_entities, settings.max_concurrent_builders) == (3, 3, 3)
    assert settings.builder_timeout_s == 3600
    assert settings.min_compliance == 0.7


def test_file_is_overridden_by_environment_and_that_by_flag(tmp_path, monkeypatch):
    path = project(tmp_path, "[tool.sluice]\nseed = 1\nruntime = 'embedded'\nports = 'random'\n")
    monkeypatch.setenv("SLUICE_SEED", "2")
    monkeypatch.setenv("SLUICE_RUNTIME", "docker")
    settings = load_settings(path, {"runtime": "auto", "seed": None})
    assert (settings.seed, settings.runtime, settings.ports) == (2, "auto", "random")


def test_an_unknown_key_is_an_error_with_a_suggestion(tmp_path):
    with pytest.raises(InputError) as error:
        load_settings(project(tmp_path, "[tool.sluice]\nmin_service = 2\n"), {})
    assert "did you mean 'min_services'?" in str(error.value)


def test_an_unknown_variable_is_an_error_too(tmp_path, monkeypatch):
    monkeypatch.setenv("SLUICE_MIN_SERVICE", "2")
    with pytest.raises(InputError, match="unknown setting 'min_service'"):
        load_settings(tmp_path / "none.toml", {})


@pytest.mark.parametrize("flags", [{"seed": "many"}, {"ports": "some"}, {"min_compliance": 2}])
def test_a_bad_value_names_its_setting(tmp_path, flags):
    with pytest.raises(InputError) as error:
        load_settings(tmp_path / "none.toml", flags)
    assert next(iter(flags)) in str(error.value)


def test_a_broken_project_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        load_settings(project(tmp_path, "[tool.sluice"), {})


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().seed = 2


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nsluice = 3\n", "[tool]\nsluice = ['a']\n"])
def test_a_project_file_without_a_table_of_settings_is_an_error(tmp_path, text):
    with pytest.raises(InputError, match="no table") as error:
        load_settings(project(tmp_path, text), {})
    assert error.value.hint


def test_a_project_file_of_other_tools_gives_the_defaults(tmp_path):
    assert load_settings(project(tmp_path, "[tool.other]\nx = 1\n"), {}).min_services == 3

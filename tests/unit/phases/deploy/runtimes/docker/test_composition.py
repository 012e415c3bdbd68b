import stat

import pytest
import yaml

from sluice.core.errors import EnvironmentFailure
from sluice.core.paths import RunPaths
from sluice.phases.deploy.compose import FILE_NAME
from sluice.phases.deploy.runtimes.docker import composition
from sluice.phases.deploy.runtimes.docker.composition import (
    ENGINE_FILE,
    Composition,
    dotenv,
    probe_settings,
    read_dotenv,
)

RUN_ID = "20260101-000000-abcdef"
TIERS = ["infra", "build1", "traefik", "generated", "run4"]


@pytest.fixture
def made(tmp_path):
    return Composition(RunPaths(tmp_path / RUN_ID))


@pytest.mark.req("R0-105")
def test_the_five_files_are_merged_in_their_order_and_the_generated_one_once_it_is_there(made):
    def tiers(**options):
        return [path.name.split(".")[1] for path in made.files(**options)]

    without = [tier for tier in TIERS if tier != "generated"]
    assert tiers() == without
    made.directory.mkdir(parents=True)
    (made.directory / FILE_NAME).write_text("services: {}")
    assert tiers() == TIERS
    assert tiers(generated=False) == without


def test_an_installation_without_compose_files_says_so(made, tmp_path, monkeypatch):
    monkeypatch.setattr(composition, "STATIC", tmp_path)
    with pytest.raises(EnvironmentFailure, match="no compose files"):
        made.files()


def test_every_command_names_the_project_of_the_run_and_its_directory(made):
    words = made.arguments(generated=False)
    assert words[words.index("--project-name") + 1] == f"sluice-{RUN_ID}"
    assert words[words.index("--project-directory") + 1] == str(made.directory)
    assert words[words.index("--env-file") + 1] == str(made.settings_file)


@pytest.mark.req("R0-150")
def test_env_files_are_for_their_owner_only(made):
    made.write_environment("alpha", {"JWT_SECRET": "s3cret"})
    path = made.env_dir / "alpha.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.env_dir.stat().st_mode) == 0o700
    assert read_dotenv(path) == {"JWT_SECRET": "s3cret"}


def test_settings_lead_to_the_runs_own_env_files_whatever_is_given(made):
    made.write_settings({"SLUICE_ENV_DIR": "/elsewhere", "REDIS_IMAGE": "redis:7"})
    settings = read_dotenv(made.settings_file)
    assert settings == {
        "SLUICE_ENV_DIR": str(made.env_dir.resolve()),
        "SLUICE_RUN_ID": RUN_ID,
        "REDIS_IMAGE": "redis:7",
    }


def test_dotenv_round_trip(tmp_path):
    values = {"B": "with spaces = and $dollar", "A": ""}
    (tmp_path / "x.env").write_text(dotenv(values))
    assert read_dotenv(tmp_path / "x.env") == values
    assert read_dotenv(tmp_path / "none.env") == {}


def test_a_separate_interval_for_the_start_is_used_only_where_the_engine_knows_it(made):
    overlay = made.run.stack / ENGINE_FILE
    made.write_overlay(["alpha"], patient=True)
    check = yaml.safe_load(overlay.read_text())["services"]["alpha"]["healthcheck"]
    assert check["start_interval"] == "500ms"
    assert str(overlay) in made.arguments(generated=False)
    made.write_overlay(["alpha"], patient=False)
    assert not overlay.exists()
    assert probe_settings(patient=False) == {}
    assert probe_settings(patient=True)["SLUICE_PROBE_PAUSE"] == "0"

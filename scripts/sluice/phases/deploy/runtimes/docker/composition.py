"""The five compose files of a run, the settings they are filled in with, and the services' env files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

import sluice
from sluice.core.errors import EnvironmentFailure
from sluice.core.files import write_atomic
from sluice.core.paths import RunPaths
from sluice.phases.deploy.compose import FILE_NAME
from sluice.phases.deploy.ledger import SECRET_MODE

STATIC: Final = Path(sluice.__file__).parents[2] / "docker"
BEFORE: Final = ("docker-compose.infra.yml", "docker-compose.build1.yml", "docker-compose.traefik.yml")
AFTER: Final = ("docker-compose.run4.yml",)
ENGINE_FILE: Final = "docker-compose.engine.yml"
_START: Final = {"start_period": "60s", "start_interval": "500ms"}
_PATIENT_PROBES: Final = {
    "SLUICE_PROBE_INTERVAL": "30s",
    "SLUICE_GATEWAY_PROBE_INTERVAL": "30s",
    "SLUICE_PROBE_PAUSE": "0",
}


@dataclass(frozen=True)
class Composition:
    """Where the parts of one run's compose model are; `directory` is compose's project directory."""

    run: RunPaths

    @property
    def project(self) -> str:
        """Compose's project name."""
        return f"sluice-{self.run.run_id}"

    @property
    def directory(self) -> Path:
        """The run's own part."""
        return self.run.root / "compose"

    @property
    def env_dir(self) -> Path:
        """One env file for each service, mode 0600."""
        return self.directory / "env"

    @property
    def settings_file(self) -> Path:
        """Ports, images and places that the compose files name as variables; no credential."""
        return self.directory / "settings.env"

    def files(self, *, generated: bool = True) -> list[Path]:
        """The files in the order in which they are merged, without the generated one before there is one.

        Raises:
            EnvironmentFailure: this installation has no compose files.
        """
        own = self.directory / FILE_NAME
        between = [own] if generated and own.is_file() else []
        found = [*(STATIC / name for name in BEFORE), *between, *(STATIC / name for name in AFTER)]
        if missing := [path.name for path in found if not path.is_file()]:
            raise EnvironmentFailure(
                "this installation has no compose files",
                details=[f"not in {STATIC}: {', '.join(missing)}"],
                hint="run it from a checkout of the repository: `nox -s dev`",
            )
        return found

    def arguments(self, *, generated: bool) -> list[str]:
        """The beginning of every compose command; the engine's own overlay comes last, where there is one."""
        overlay = self.run.stack / ENGINE_FILE
        files = [*self.files(generated=generated), *([overlay] if overlay.is_file() else [])]
        named = [word for path in files for word in ("--file", str(path))]
        place = ["--project-directory", str(self.directory), "--env-file", str(self.settings_file)]
        return ["compose", "--project-name", self.project, *place, *named]

    def write_settings(self, values: Mapping[str, str]) -> None:
        """Write the variables of the compose files."""
        known = {"SLUICE_RUN_ID": self.run.run_id, "SLUICE_ENV_DIR": str(self.env_dir.resolve())}
        write_atomic(self.settings_file, dotenv({**values, **known}))

    def write_environment(self, service: str, values: Mapping[str, str]) -> None:
        """Write the variables that one service's container gets."""
        self.env_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(self.env_dir / f"{service}.env", dotenv(values), mode=SECRET_MODE)

    def write_overlay(self, services: list[str], *, patient: bool) -> None:
        """Where the engine knows a separate interval for the start, let it use one; else there is no overlay."""
        path = self.run.stack / ENGINE_FILE
        if not patient:
            path.unlink(missing_ok=True)
            return
        write_atomic(path, yaml.safe_dump({"services": {name: {"healthcheck": _START} for name in services}}))


def probe_settings(*, patient: bool) -> Mapping[str, str]:
    """Variables of the health probes."""
    return _PATIENT_PROBES if patient else {}


def dotenv(values: Mapping[str, str]) -> str:
    """An env file; single quotes keep every character but themselves."""
    quoted = {name: value.replace("'", "\\'") for name, value in sorted(values.items())}
    return "".join(f"{name}='{value}'\n" for name, value in quoted.items())


def read_dotenv(path: Path) -> dict[str, str]:
    """What `dotenv` wrote; {} when there is no file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = (line.split("=", 1) for line in lines)
    return {name: value[1:-1].replace("\\'", "'") for name, value in pairs}

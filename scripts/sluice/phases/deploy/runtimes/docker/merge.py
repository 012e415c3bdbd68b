"""The merged compose model, and the file that each of its values came from; credentials are never read."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue
from python_on_whales import DockerClient, DockerException

from sluice.core.errors import EnvironmentFailure
from sluice.core.files import write_atomic
from sluice.core.paths import RunPaths
from sluice.model.base import JsonObject
from sluice.phases.deploy.compose import FILE_NAME
from sluice.phases.deploy.runtimes.docker.composition import Composition, read_dotenv

MASK: Final = "***"
MERGED_FILE: Final = "docker-compose.merged.json"
Keys = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Merged:
    """`origins` maps the dotted path of each value to a file name; what only env files know is `***`."""

    model: JsonObject
    origins: Mapping[str, str]


def merged(composition: Composition) -> Merged:
    """Merge the files of a run in their order, with python-on-whales; works without an engine.

    Raises:
        EnvironmentFailure: compose refuses the files.
    """
    with _rehearsal(composition) as stage:
        files = stage.files()
        prefixes = [files[: count + 1] for count in range(len(files))]
        with ThreadPoolExecutor(len(prefixes)) as pool:
            models = list(pool.map(lambda some: _config(stage, some), prefixes))
        place = str(stage.run.root)
        declared = [_declared(path) for path in files]
    names = [path.name for path in files]
    found = origins_of(models, names)
    first = {path[:2]: origin for path, origin in found.items() if path[2:] == ("name",)}
    # Compose leaves out what no service uses yet, so the file that declares a network can be an earlier one.
    for path, origin in list(found.items()):
        if origin == first.get(path[:2]):
            found[path] = next((n for n, own in zip(names, declared, strict=True) if path[:2] in own), origin)
    whole = _moved(models[-1], place, str(composition.run.root))
    moved = {".".join(path).replace(place, str(composition.run.root)): name for path, name in found.items()}
    return Merged(model=whole if isinstance(whole, dict) else {}, origins=moved)


def _declared(path: Path) -> set[Keys]:
    """The networks and volumes of one file."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {(kind, name) for kind in ("networks", "volumes") for name in text.get(kind, {})}


def save(composition: Composition) -> Path:
    """Write the merged model with its origins into the run; returns the file."""
    found = merged(composition)
    path = composition.directory / MERGED_FILE
    write_atomic(path, json.dumps({"model": found.model, "origins": dict(found.origins)}, indent=1) + "\n")
    return path


def origins_of(models: Sequence[JsonValue], names: Sequence[str]) -> dict[Keys, str]:
    """The file of each value, where `models[i]` is what the first i + 1 files merge to.

    A value comes from the first file with which it was there as it is now; items of lists are known by their value.
    """
    found: dict[Keys, str] = {}
    before: dict[Keys, JsonValue] = {}
    for model, name in zip(models, names, strict=True):
        now = dict(_values(model))
        found = {path: found[path] if before.get(path, _NOTHING) == now[path] else name for path in now}
        before = now
    return found


def lines(of: Merged) -> list[str]:
    """The model as YAML, each value with its file behind it."""
    rows = list(_rows(of.model, (), of.origins))
    width = min(100, max((len(text) for text, origin in rows if origin), default=0))
    return [f"{text.ljust(width)}  # {origin}" if origin else text for text, origin in rows]


_NOTHING: Final = "\0"


def _values(node: JsonValue, path: Keys = ()) -> Iterator[tuple[Keys, JsonValue]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _values(value, (*path, key))
    elif isinstance(node, list) and node:
        for value in node:
            yield (*path, f"[{_scalar(value)}]"), value
    else:
        yield path, node


def _rows(node: JsonValue, path: Keys, origins: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    indent = "  " * len(path)
    for key, value in node.items() if isinstance(node, dict) else ():
        inner = (*path, key)
        if isinstance(value, dict) and value:
            yield f"{indent}{_scalar(key)}:", ""
            yield from _rows(value, inner, origins)
        elif isinstance(value, list) and value:
            yield f"{indent}{_scalar(key)}:", ""
            for item in value:
                yield f"{indent}  - {_scalar(item)}", origins.get(".".join((*inner, f"[{_scalar(item)}]")), "")
        else:
            yield f"{indent}{_scalar(key)}: {_scalar(value)}", origins.get(".".join(inner), "")


def _scalar(value: JsonValue) -> str:
    """One line of YAML."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=2**16, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


@contextmanager
def _rehearsal(composition: Composition) -> Iterator[Composition]:
    """A copy of the run's own part with env files that name variables without values."""
    with tempfile.TemporaryDirectory(prefix="sluice-") as directory:
        stage = Composition(RunPaths(Path(directory) / composition.run.run_id))
        own = composition.directory / FILE_NAME
        if own.is_file():
            write_atomic(stage.directory / FILE_NAME, own.read_bytes())
        stage.write_settings(read_dotenv(composition.settings_file))
        for service in _services(stage.files()):
            known = read_dotenv(composition.env_dir / f"{service}.env")
            stage.write_environment(service, dict.fromkeys(known, MASK))
        yield stage


def _services(files: Sequence[Path]) -> set[str]:
    return {name for path in files for name in yaml.safe_load(path.read_text(encoding="utf-8")).get("services", {})}


def _config(stage: Composition, files: Sequence[Path]) -> JsonObject:
    client = DockerClient(
        compose_files=list(files),
        compose_project_name=stage.project,
        compose_project_directory=stage.directory,
        compose_env_files=[stage.settings_file],
    )
    try:
        model: JsonObject = client.compose.config(return_json=True)
    except DockerException as error:
        said = (error.stderr or "").strip().splitlines()[-5:]
        raise EnvironmentFailure(f"compose refuses {files[-1].name}", details=said, hint="mend the file") from error
    return {key: value for key, value in model.items() if not key.startswith("x-")}


def _moved(node: JsonValue, old: str, new: str) -> JsonValue:
    """The model with the rehearsal's directory replaced by the run's."""
    if isinstance(node, dict):
        return {key: _moved(value, old, new) for key, value in node.items()}
    if isinstance(node, list):
        return [_moved(value, old, new) for value in node]
    return node.replace(old, new) if isinstance(node, str) else node

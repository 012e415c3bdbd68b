"""How long the Contract Engine takes to validate a large specification, and openapi-spec-validator the same one."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time
from typing import Any, Final

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from sluice.commands.bench.figure import Figure, Topic
from sluice.commands.bench.specifications import specification
from sluice.core.errors import SluiceError
from sluice.services.contract_engine.specs.validate import validate_file

LARGE: Final = 10.0
MIDDLE: Final = 1.0


def measure(directory: Path) -> Iterable[Figure]:
    """CPU seconds for 10 MB of JSON and of YAML, and the ratio to openapi-spec-validator on 1 MB and 10 MB.

    Ours are the best of three, because a second is soon disturbed; theirs, of half a minute, are taken once.
    """
    _ours(directory, 0.1)  # compiles the official schemas, once for a process
    for megabytes in (MIDDLE, LARGE):
        ours = _ours(directory, megabytes)
        theirs = _theirs(directory, megabytes)
        size = f"{megabytes:g} MB"
        if megabytes == LARGE:
            yield Figure(name=f"validate {size} of JSON", value=ours, unit="s CPU", aim="<= 5")
            yaml_seconds = _yaml(directory, megabytes)
            yield Figure(name=f"validate {size} of YAML", value=yaml_seconds, unit="s CPU", aim="<= 5")
        aim = ">= 20" if megabytes == LARGE else "-"
        yield Figure(name=f"openapi-spec-validator / Sluice, {size}", value=theirs / ours, unit="x", aim=aim)


def _file(directory: Path, megabytes: float) -> Path:
    path = directory / f"{megabytes:g}.json"
    if not path.exists():
        path.write_text(json.dumps(specification(megabytes), indent=1), encoding="utf-8")
    return path


def _ours(directory: Path, megabytes: float) -> float:
    return _judged(_file(directory, megabytes))


def _yaml(directory: Path, megabytes: float) -> float:
    path = directory / f"{megabytes:g}.yaml"
    with path.open("w", encoding="utf-8") as stream:
        document = json.loads(_file(directory, megabytes).read_text("utf-8"))  # no shared parts, so no aliases
        yaml.dump(document, stream, Dumper=yaml.CSafeDumper, sort_keys=False)
    return _judged(path)


def _judged(path: Path) -> float:
    runs = [_timed(lambda: validate_file(path, path.parent).valid) for _ in range(3)]
    return _checked(min(seconds for seconds, _ in runs), valid=all(valid for _, valid in runs))


def _theirs(directory: Path, megabytes: float) -> float:
    path = _file(directory, megabytes)

    def validate() -> bool:
        return next(OpenAPIV31SpecValidator(json.loads(path.read_text("utf-8"))).iter_errors(), None) is None

    seconds, valid = _timed(validate)
    return _checked(seconds, valid=valid)


def _timed(work: Callable[[], Any]) -> tuple[float, bool]:
    start = process_time()
    result = work()
    return process_time() - start, bool(result)


def _checked(seconds: float, *, valid: bool) -> float:
    if not valid:
        raise SluiceError("the specification of the figures is not valid", hint="correct its generator")
    return seconds


TOPIC: Final = Topic(name="contracts", help="validation of a 10 MB specification", measure=measure)

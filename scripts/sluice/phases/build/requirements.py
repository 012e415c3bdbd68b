"""Requirement files of a built service: every line must pin one version."""

from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

RUNTIME = "requirements.txt"
TESTS = "requirements-dev.txt"
_MAX_BYTES = 256 * 1024


def requirement_problems(root: Path) -> list[str]:
    """What stands in the two requirement files that is not `name==version`, as sentences.

    Options are refused too: one could bring another package index, or code from anywhere.
    """
    return [
        f"{name}: {fault}" for name in (RUNTIME, TESTS) if (root / name).is_file() for fault in _faults(root / name)
    ]


def _faults(path: Path) -> list[str]:
    raw = path.read_bytes()
    if len(raw) > _MAX_BYTES:
        return [f"larger than {_MAX_BYTES} bytes"]
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return ["not UTF-8"]
    lines = (line.split(" #")[0].strip() for line in text.replace("\\\n", " ").splitlines())
    return [fault for line in lines if line and not line.startswith("#") and (fault := _fault(line))]


def _fault(line: str) -> str:
    if line.split() in (["-r", RUNTIME], ["--requirement", RUNTIME]):
        return ""
    if line.startswith("-"):
        return f"option {line!r}"
    try:
        requirement = Requirement(line.split(" --hash=", maxsplit=1)[0])
    except InvalidRequirement:
        return f"{line!r} is not a requirement"
    pins = [spec for spec in requirement.specifier if spec.operator == "==" and not spec.version.endswith(".*")]
    return "" if pins and not requirement.url else f"{line!r} is not pinned with =="

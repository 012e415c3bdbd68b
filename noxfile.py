#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2026.10", "uv"]
# ///
"""What CI and a newcomer run: every session makes its own isolated environment, then only narrates.

Arguments after `--` go to the command; `./scripts/nox -l` lists the sessions.
"""

import sys
from pathlib import Path

import nox

nox.needs_version = ">=2026.10.0"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.download_python = "never"
nox.options.error_on_external_run = True
nox.options.sessions = ["pipeline"]

REQUIREMENTS = Path("scripts/requirements")
WHOLE = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder", "--durations=15")
SOURCES = ("noxfile.py", "tasks.py", "scripts", "tests")


def _install(session: nox.Session) -> None:
    """Everything pinned and hashed, then Sluice itself in editable form."""
    session.install("--require-hashes", "-r", str(REQUIREMENTS / "sluice.txt"), silent=True)
    session.install("--no-deps", "--no-build-isolation", "-e", ".", silent=True)


@nox.session
def pipeline(session: nox.Session) -> None:
    """Take a PRD through all seven phases: [-- --prd FILE --runtime NAME --json --keep --strict --plant]."""
    _install(session)
    session.run("invoke", "pipeline", *session.posargs)


@nox.session
def gate(session: nox.Session) -> None:
    """Judge any folder of services by the quality gate: -- PATH [--json --sarif FILE --junit FILE --html FILE]."""
    _install(session)
    session.run("invoke", "gate", *session.posargs)


@nox.session(name="gate-proof")
def gate_proof(session: nox.Session) -> None:
    """Plant violations and look-alikes, and measure the gate's recall and precision: [-- CHECK … --json --seed N]."""
    _install(session)
    session.run("python", "-m", "sluice.commands.gate_proof", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the whole test suite in two processes, or what pytest's arguments after `--` choose in one."""
    _install(session)
    session.run("pytest", *(session.posargs or WHOLE))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and the layer contracts."""
    _install(session)
    session.run("ruff", "check", *SOURCES)
    session.run("ruff", "format", "--check", *SOURCES)
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    _install(session)
    session.run("mypy")


@nox.session
def requirements(session: nox.Session) -> None:
    """Print requirement ids, the tests that prove them, and the ids without a test."""
    _install(session)
    session.run("pytest", "--requirements", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure on this machine and print the figures (a report, not a test): [-- TOPIC … --json]."""
    _install(session)
    session.run("python", "-m", "sluice.commands.bench", *session.posargs)


@nox.session(venv_backend="none", default=False)
def dev(session: nox.Session) -> None:
    """Make .venv with everything, so that .venv/bin/invoke works."""
    uv = _uv()
    session.run(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, ".venv", external=True)
    target = ("--quiet", "--python", ".venv")
    lock = str(REQUIREMENTS / "sluice.txt")
    session.run(uv, "pip", "install", *target, "--require-hashes", "-r", lock, external=True)
    session.run(uv, "pip", "install", *target, "--no-deps", "--no-build-isolation", "-e", ".", external=True)
    session.log("now: .venv/bin/invoke --list")


@nox.session(venv_backend="none", default=False)
def lock(session: nox.Session) -> None:
    """Resolve pyproject.toml anew into scripts/requirements (exact versions, hashes, no addresses): [-- --upgrade]."""
    options = ("--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header")
    hidden = ("--no-emit-index-url", "--no-emit-find-links")
    for name, groups in {"boot": ("--group", "boot"), "sluice": ("pyproject.toml", "--group", "dev")}.items():
        output = str(REQUIREMENTS / f"{name}.txt")
        session.run(_uv(), "pip", "compile", *options, *hidden, *groups, "-o", output, *session.posargs, external=True)


def _uv() -> str:
    from uv import find_uv_bin  # noqa: PLC0415 - only two sessions need it

    return find_uv_bin()


if __name__ == "__main__":
    nox.main()

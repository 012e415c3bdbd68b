"""Small trees of sources, judged by one check or by the whole gate."""

import textwrap
from datetime import date

import pytest

from sluice.phases.gate.check import GateInput
from sluice.phases.gate.facts import Facts
from sluice.phases.gate.registry import all_checks
from sluice.phases.gate.run import run_gate

TODAY = date(2026, 11, 21)


def write_tree(root, files):
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


@pytest.fixture
def given(tmp_path):
    """`given(files, **fields)`: a gate input; every top folder of `files` is a service unless `services` says."""

    def make(files, *, services=None, **fields):
        write_tree(tmp_path, files)
        names = services if services is not None else sorted({path.split("/")[0] for path in files if "/" in path})
        folders = {name: tmp_path / name for name in names}
        return GateInput(root=tmp_path, services=folders, folders=(tmp_path,), today=TODAY, **fields)

    return make


@pytest.fixture
def report(given):
    """`report(files, **fields)`: the report of the whole gate."""

    def judge(files, *, checks=None, **fields):
        return run_gate(given(files, **fields), checks)

    return judge


@pytest.fixture
def compute_check(given):
    """`compute_check("LOG-001", files, **fields)`: the findings of one check; it must have been able to judge."""

    def judge(check, files, **fields):
        result = run_gate(given(files, **fields), [all_checks()[check]])
        ran = [run for layer in result.layers for run in layer.checks]
        assert [run.error for run in ran] == [""]
        return list(result.findings)

    return judge


@pytest.fixture
def facts(given):
    """`facts(files, **fields)`: parsed inputs."""

    def read(files, **fields):
        return Facts(given(files, **fields))

    return read

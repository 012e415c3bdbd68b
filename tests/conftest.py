"""Requirement ids: each test names the ids that it proves; unknown ids fail, `--requirements` prints the matrix."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)  # CI says of equal code the same every time
settings.load_profile("repeatable")
IDS = Path(__file__).parent / "data" / "requirements.tsv"
CACHE_KEY = "sluice/requirements"


def known_ids():
    with IDS.open(encoding="utf-8") as stream:
        return {row["id"]: row["requirement"] for row in csv.DictReader(stream, delimiter="\t")}


def engine_problem():
    from sluice.phases.deploy.runtimes.docker.preflight import platform

    return platform().problem


def ids_of(item):
    return [rid for mark in item.iter_markers("req") for rid in mark.args]


def pytest_addoption(parser):
    parser.addoption("--requirements", action="store_true", help="print requirement id -> tests -> last result")


def pytest_configure(config):
    if config.getoption("--requirements"):
        config.option.collectonly = True
        config.option.verbose = min(config.option.verbose, 0) - 2
    elif hasattr(config, "cache") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(config))


def pytest_collection_modifyitems(items):
    known = known_ids()
    wrong = sorted({f"{item.nodeid}: {rid}" for item in items for rid in ids_of(item) if rid not in known})
    if wrong:
        raise pytest.UsageError("tests name unknown requirement ids:\n  " + "\n  ".join(wrong))
    for_engine = [item for item in items if item.get_closest_marker("docker")]
    if for_engine and (problem := engine_problem()):
        for item in for_engine:
            item.add_marker(pytest.mark.skip(reason=problem))


def pytest_runtest_setup(item):
    item.user_properties.append(("requirements", ids_of(item)))


class Outcomes:
    """Last result of each test that proves a requirement; only the process that hears of all tests keeps them."""

    def __init__(self, config):
        self._cache = config.cache
        self._last = self._cache.get(CACHE_KEY, {})

    def pytest_runtest_logreport(self, report):
        proves = dict(report.user_properties).get("requirements")
        if proves and (report.when == "call" or report.outcome != "passed"):
            self._last[report.nodeid] = report.outcome

    def pytest_sessionfinish(self):
        self._cache.set(CACHE_KEY, self._last)


def pytest_terminal_summary(terminalreporter, config):
    if not config.getoption("--requirements"):
        return
    last = config.cache.get(CACHE_KEY, {})
    tests = defaultdict(list)
    for item in config.stash[_ITEMS]:
        for rid in ids_of(item):
            tests[rid].append(item.nodeid)
    for rid, text in known_ids().items():
        terminalreporter.write_line(f"{rid:8} {'' if tests[rid] else 'NO TEST  '}{text}")
        for nodeid in tests[rid]:
            terminalreporter.write_line(f"           {last.get(nodeid, 'not run yet'):12} {nodeid}")
    missing = [rid for rid in known_ids() if not tests[rid]]
    terminalreporter.write_line(f"{len(known_ids()) - len(missing)} ids have a test, {len(missing)} have none")


def pytest_collection_finish(session):
    session.config.stash[_ITEMS] = session.items


_ITEMS = pytest.StashKey()

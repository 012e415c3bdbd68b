import json
import signal

import pytest

from sluice.commands.session import workspace
from sluice.core.files import write_atomic
from sluice.engine import manifest
from sluice.engine.journal import Journal

RUN_ID = "20260101-000000-abcdef"


@pytest.fixture(autouse=True)
def handlers():
    """The signal handlers of the test runner come back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty directory to work in, without settings from outside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    for name in ("RUNTIME", "BUILDER", "PORTS", "SEED"):
        monkeypatch.delenv(f"SLUICE_{name}", raising=False)
    return tmp_path


@pytest.fixture
def make_run(here):
    """Makes a run directory as a pipeline leaves it before its first phase; more events on request."""

    def maker(run_id=RUN_ID, *, prd="# Things\n", settings=None, plant=False, events=()):
        paths = workspace().create().run(run_id)
        write_atomic(paths.prd, prd)
        begun = manifest.begin(
            paths, prd=prd, source="things.md", plant=plant, settings=settings or {"runtime": "embedded"}, cwd=here
        )
        manifest.save(begun, paths)
        journal = Journal(paths)
        for kind, data in events:
            journal.emit(kind, **data)
        return paths

    return maker


@pytest.fixture
def printed_json(capsys):
    """What a command printed on stdout, which must be one JSON document."""

    def read():
        return json.loads(capsys.readouterr().out)

    return read

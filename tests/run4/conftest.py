import pytest

from pipelines import run_pipeline


@pytest.fixture(scope="session")
def tasktracker(tmp_path_factory):
    """The TaskTracker sample through all seven phases, once for all tests."""
    return run_pipeline(tmp_path_factory.mktemp("tasktracker"))


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """The same with planted violations."""
    return run_pipeline(tmp_path_factory.mktemp("planted"), "--plant")

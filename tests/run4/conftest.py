import secrets

import pytest

from dockers import kept_pipeline
from pipelines import run_pipeline


@pytest.fixture(scope="session")
def key():
    """Looks like a key, and stands in the environment of the runs below; nothing of a run may hold it."""
    return f"sk-ant-{secrets.token_hex(24)}"


@pytest.fixture(scope="session")
def tasktracker(tmp_path_factory, key):
    """The TaskTracker sample through all seven phases, once for all tests."""
    return run_pipeline(tmp_path_factory.mktemp("tasktracker"), env={"ANTHROPIC_API_KEY": key})


@pytest.fixture(scope="session")
def planted(tmp_path_factory, key):
    """The same with planted violations."""
    return run_pipeline(tmp_path_factory.mktemp("planted"), "--plant", env={"ANTHROPIC_API_KEY": key})


@pytest.fixture(scope="session")
def dockered(tmp_path_factory, key):
    """TaskTracker on the engine, once for all tests; its stack runs until the last of them."""
    with kept_pipeline(tmp_path_factory.mktemp("dockered"), env={"ANTHROPIC_API_KEY": key}) as run:
        yield run

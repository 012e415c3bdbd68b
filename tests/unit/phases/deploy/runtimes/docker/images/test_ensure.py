from types import SimpleNamespace

import pytest

from sluice.core.paths import Workspace
from sluice.phases.deploy.runtimes.docker.images import ensure, recipes

OFFICIAL = {recipe.variable: recipe.official for recipe in recipes.OFFICIAL}
OFFLINE = {recipe.variable: recipes.offline_tag(recipe) for recipe in recipes.OFFICIAL}


@pytest.fixture
def engine(monkeypatch):
    """What the engine has, what a registry gives, and what was asked of both."""
    state = SimpleNamespace(having=set(), registry=set(), pulled=[], built=[], events=[])

    def pull(image):
        state.pulled.append(image)
        return "" if image in state.registry else "no such host"

    class Builder:
        def __init__(self, _home, having, _emit):
            assert having == state.having

        def offline(self, wanted):
            state.built += [recipe.name for recipe in wanted]
            return {recipe.variable: recipes.offline_tag(recipe) for recipe in wanted}

        def build1(self, python):
            return f"services on {python}"

    monkeypatch.setattr(ensure.builds, "present", lambda: frozenset(state.having))
    monkeypatch.setattr(ensure.builds, "pull", pull)
    monkeypatch.setattr(ensure, "Builder", Builder)
    return state


@pytest.fixture
def images(engine, tmp_path):
    def emit(kind, message="", **_data):
        engine.events.append((kind, message))

    return lambda **options: ensure.ensure_images(Workspace(tmp_path / ".sluice"), emit, **options)


def test_official_images_that_are_there_are_used_and_nothing_is_asked_for(engine, images):
    engine.having = set(OFFICIAL.values()) | set(OFFLINE.values())
    assert images() == {**OFFICIAL, "SLUICE_IMAGE": "services on python:3.11-slim"}
    assert (engine.pulled, engine.built) == ([], [])


def test_a_registry_that_answers_gives_the_official_images(engine, images):
    engine.registry = set(OFFICIAL.values())
    assert images() == {**OFFICIAL, "SLUICE_IMAGE": "services on python:3.11-slim"}
    assert engine.built == []


def test_without_a_registry_the_images_are_built_and_it_is_asked_once(engine, images):
    assert images() == {**OFFLINE, "SLUICE_IMAGE": f"services on {OFFLINE['PYTHON_IMAGE']}"}
    assert engine.pulled == ["python:3.11-slim"]
    assert engine.built == ["python", "postgres", "redis", "traefik"]
    assert any(kind == "image.absent" and "no such host" in message for kind, message in engine.events)


def test_built_images_that_are_there_are_used_without_asking_a_registry(engine, images):
    engine.having = set(OFFLINE.values())
    assert images()["REDIS_IMAGE"] == OFFLINE["REDIS_IMAGE"]
    assert (engine.pulled, engine.built) == ([], [])


def test_a_registry_that_stops_answering_leaves_the_rest_to_the_recipes(engine, images):
    engine.registry = {"python:3.11-slim", "postgres:16-alpine"}
    found = images()
    assert found["POSTGRES_IMAGE"] == "postgres:16-alpine"
    assert found["REDIS_IMAGE"] == OFFLINE["REDIS_IMAGE"]
    assert engine.built == ["redis", "traefik"]


def test_offline_means_that_no_official_image_is_used(engine, images):
    engine.having = engine.registry = set(OFFICIAL.values())
    assert images(offline=True) == {**OFFLINE, "SLUICE_IMAGE": f"services on {OFFLINE['PYTHON_IMAGE']}"}
    assert engine.pulled == []

from threading import Lock

import pytest

from sluice.core.errors import EnvironmentFailure, ProcessFailed
from sluice.phases.deploy.runtimes.docker.images import offline, recipes
from sluice.phases.deploy.runtimes.docker.images.offline import Builder


class Apt:
    """Knows nothing until it is updated."""

    def __init__(self, _home):
        self.fresh = False

    def update(self):
        self.fresh = True

    def graph(self, roots):
        if not self.fresh:
            raise ProcessFailed(["apt-cache"], 100, "Unable to locate package")
        return dict.fromkeys(roots, frozenset({"libc6"}))

    def download(self, names):
        return {name: f"{name}.deb" for name in names}


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    """Keeps what is built, in order, with its arguments; builds of the images in `failing` fail."""
    lock = Lock()
    state = {"built": {}, "packages": {}, "failing": set()}

    def build(_context, *, tag, arguments, **_options):
        with lock:
            state["built"][tag.split(":")[0]] = arguments
        return "no space left" if tag.split(":")[0] in state["failing"] else ""

    def fill(name):
        def filled(_context, packages):
            state["packages"][name] = dict(packages)
            return {}

        return filled

    monkeypatch.setattr(offline, "Apt", Apt)
    monkeypatch.setattr(offline, "release", lambda: "bookworm x86_64")
    monkeypatch.setattr(offline.builds, "build", build)
    monkeypatch.setattr(offline.contexts, "FILL", {name: fill(name) for name in recipes.OFFLINE})
    return state


@pytest.fixture
def builder(tmp_path):
    def make(*having):
        return Builder(tmp_path, frozenset(map(recipes.offline_tag, having)), lambda *_args, **_data: None)

    return make


def test_the_image_below_is_built_first_and_nothing_is_built_that_was_not_asked_for(builder, engine):
    found = builder().offline([recipes.REDIS])
    assert list(engine["built"]) == ["sluice/base", "sluice/redis"]
    assert engine["built"]["sluice/redis"] == {"BASE_IMAGE": recipes.offline_tag(recipes.BASE)}
    assert found == {"REDIS_IMAGE": recipes.offline_tag(recipes.REDIS)}


def test_what_the_engine_has_is_not_built(builder, engine):
    builder(recipes.BASE).offline([recipes.REDIS])
    assert list(engine["built"]) == ["sluice/redis"]


def test_a_layer_holds_no_package_of_the_image_below(builder, engine):
    builder().offline([recipes.PYTHON])
    assert "libc6" in engine["packages"]["base"]
    assert set(engine["packages"]["python"]) == {"python3"}


def test_a_static_program_needs_no_debian_package(builder, engine, monkeypatch):
    monkeypatch.setattr(offline, "release", lambda: "")
    builder().offline([recipes.TRAEFIK])
    assert list(engine["built"]) == ["sluice/traefik"]


def test_elsewhere_than_on_debian_it_says_what_to_do(builder, monkeypatch):
    monkeypatch.setattr(offline, "release", lambda: "")
    with pytest.raises(EnvironmentFailure, match="only on a Debian machine") as caught:
        builder().offline([recipes.REDIS])
    assert "docker load" in caught.value.hint


def test_a_build_that_fails_shows_its_last_lines_and_what_is_above_is_not_built(builder, engine):
    engine["failing"].add("sluice/base")
    with pytest.raises(EnvironmentFailure, match="cannot build the image sluice/base") as caught:
        builder().offline([recipes.REDIS])
    assert caught.value.details == ("no space left",)
    assert list(engine["built"]) == ["sluice/base"]


def test_no_context_is_left_behind(builder, tmp_path):
    builder().offline([recipes.REDIS, recipes.TRAEFIK])
    assert [path.name for path in tmp_path.iterdir()] == []

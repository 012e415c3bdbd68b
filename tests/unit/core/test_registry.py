import sys
from types import SimpleNamespace

import pytest

from sluice.core.errors import InputError
from sluice.core.registry import discover, gather, pick


@pytest.fixture
def package(tmp_path, monkeypatch):
    root = tmp_path / "plugs"
    root.mkdir()
    (root / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield root
    for name in [name for name in sys.modules if name.split(".")[0] == "plugs"]:
        del sys.modules[name]


def plugins(root):
    import plugs  # type: ignore[import-not-found]

    assert str(root) in plugs.__path__[0]
    return discover(plugs, "PLUG", SimpleNamespace)


def module(root, name, text):
    (root / f"{name}.py").write_text(f"from types import SimpleNamespace\n{text}\n")


def test_every_module_with_the_constant_is_a_plugin(package):
    module(package, "b", "PLUG = SimpleNamespace(name='two')")
    module(package, "a", "PLUG = SimpleNamespace(name='one')")
    assert list(plugins(package)) == ["one", "two"]


@pytest.mark.parametrize("text", ["", "PLUG = 3", "PLUG = SimpleNamespace(name='one')"])
def test_a_module_that_is_no_proper_plugin_is_an_error(package, text):
    module(package, "a", "PLUG = SimpleNamespace(name='one')")
    module(package, "b", text)
    with pytest.raises(TypeError):
        plugins(package)


def gathered(root):
    import plugs  # type: ignore[import-not-found]

    assert str(root) in plugs.__path__[0]
    return gather(plugs, "PLUGS", lambda plugin: plugin.name)


def test_a_module_may_expose_several_plugins(package):
    module(package, "b", "PLUGS = (SimpleNamespace(name='two'), SimpleNamespace(name='three'))")
    module(package, "a", "PLUGS = (SimpleNamespace(name='one'),)")
    assert list(gathered(package)) == ["one", "two", "three"]


@pytest.mark.parametrize("text", ["", "PLUGS = ()", "PLUGS = (SimpleNamespace(name='one'),)"])
def test_a_module_without_plugins_or_with_a_known_one_is_an_error(package, text):
    module(package, "a", "PLUGS = (SimpleNamespace(name='one'),)")
    module(package, "b", text)
    with pytest.raises(TypeError):
        gathered(package)


def test_picking_an_unknown_name_suggests_the_closest():
    assert pick({"embedded": 1}, "embedded", "runtime") == 1
    with pytest.raises(InputError, match="did you mean 'embedded'"):
        pick({"embedded": 1}, "embeded", "runtime")

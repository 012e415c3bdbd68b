import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.services.codebase_intelligence.python_index import UnparsableError, python_symbols

STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

SOURCE = """\
import os
from a.b import c as d

LIMIT: int = 3
X, Y = 1, 2


class Shop(Base, metaclass=Meta):
    kind = "shop"

    async def open(self, day: int = 1, *names: str) -> bool:
        def inner(): ...


try:
    import fast
except ImportError:
    fast = None


@router.get("/shops/{id}")
def read_shop(id: int): ...
"""


def named(name):
    return [symbol for symbol in python_symbols(SOURCE) if symbol.name == name]


@pytest.mark.req("R0-022")
@pytest.mark.parametrize(
    ("name", "qualified", "kind", "line", "signature"),
    [
        ("os", "os", "import", 1, "import os"),
        ("d", "d", "import", 2, "from a.b import c as d"),
        ("LIMIT", "LIMIT", "constant", 4, "LIMIT: int = 3"),
        ("Y", "Y", "constant", 5, "X, Y = (1, 2)"),
        ("Shop", "Shop", "class", 8, "class Shop(Base, metaclass=Meta)"),
        ("kind", "Shop.kind", "constant", 9, "kind = 'shop'"),
        ("open", "Shop.open", "method", 11, "async def open(self, day: int=1, *names: str) -> bool"),
        ("inner", "Shop.open.inner", "function", 12, "def inner()"),
        ("GET /shops/{id}", "GET /shops/{id}", "route", 22, "def read_shop(id: int)"),
        ("read_shop", "read_shop", "function", 22, "def read_shop(id: int)"),
    ],
)
def test_each_definition_is_found_with_its_place_and_signature(name, qualified, kind, line, signature):
    (symbol,) = named(name)
    assert (symbol.qualified, symbol.kind, symbol.line, symbol.signature) == (qualified, kind, line, signature)


def test_definitions_in_branches_are_all_found():
    assert [(symbol.kind, symbol.line) for symbol in named("fast")] == [("import", 16), ("constant", 18)]


@pytest.mark.parametrize("source", ["def (", "\0", "x = " + "(" * 5000, "a = 1\n  b = 2", "if x:\n"])
def test_what_is_not_python_says_so(source):
    with pytest.raises(UnparsableError):
        python_symbols(source)


def test_a_strange_escape_is_no_warning():
    assert [symbol.name for symbol in python_symbols('PATTERN = "\\d"')] == ["PATTERN"]


@STEADY
@given(st.text())
def test_any_text_is_indexed_or_refused(text):
    try:
        symbols = python_symbols(text)
    except UnparsableError:
        return
    assert all(symbol.line >= 1 for symbol in symbols)

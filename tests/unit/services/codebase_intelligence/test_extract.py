import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.services.codebase_intelligence.extract import MAX_SOURCE, extract
from sluice.services.codebase_intelligence.facts import MAX_SYMBOLS, REFERENCES
from sluice.services.codebase_intelligence.grammars import all_languages, language_of

STEADY = settings(deadline=None, derandomize=True, max_examples=30, suppress_health_check=[HealthCheck.too_slow])

PYTHON = """\
import os
from a.b import c as d

LIMIT: int = 3
X, Y = 1, 2
NAME = "events.Paid"


class Shop(Base, metaclass=Meta):
    kind = "shop"

    async def open(self, day: int = 1, *names: str) -> bool:
        local = 1
        def inner(): ...


try:
    import fast
except ImportError:
    fast = None

router = APIRouter(prefix="/v1")


@router.get("/shops/{id}")
def read_shop(id: int): ...


@app.route("/a", methods=["GET", "POST"])
def both(): ...


urlpatterns = [path("books/<int:pk>/", views.book, name="book")]
"""


def facts(path, text, **options):
    return extract(text if isinstance(text, bytes) else text.encode(), language_of(path), **options)


def defined(path, text):
    return {(s.kind, s.qualified, s.line) for s in facts(path, text).symbols if s.kind not in REFERENCES}


@pytest.mark.req("R0-022")
@pytest.mark.parametrize(
    ("kind", "qualified", "line", "signature"),
    [
        ("constant", "LIMIT", 4, "LIMIT: int = 3"),
        ("constant", "Y", 5, "X, Y = 1, 2"),
        ("class", "Shop", 9, "class Shop(Base, metaclass=Meta)"),
        ("constant", "Shop.kind", 10, 'kind = "shop"'),
        ("method", "Shop.open", 12, "async def open(self, day: int = 1, *names: str) -> bool"),
        ("function", "Shop.open.inner", 14, "def inner()"),
        ("constant", "fast", 20, "fast = None"),
        ("route", "GET /v1/shops/{id}", 25, ""),
        ("function", "read_shop", 26, "def read_shop(id: int)"),
        ("route", "POST /a", 29, ""),
        ("route", "ANY /books/<int:pk>/", 33, ""),
    ],
)
def test_python_definitions_have_kind_dotted_name_line_and_signature(kind, qualified, line, signature):
    found = [(s.kind, s.line, s.signature) for s in facts("a.py", PYTHON).symbols if s.qualified == qualified]
    assert (kind, line, signature) in found


def test_each_name_of_an_assignment_is_a_constant():
    text = "a = b = 3\n(c, d) = e, f = 1, 2\nfor i in x:\n    g = 1\nwith x as y:\n    h: int = 2\n"
    assert {name for _, name, _ in defined("a.py", text)} >= {"a", "b", "c", "d", "g", "h"}


def test_what_a_function_binds_is_nobodys_to_find():
    assert not [s for s in facts("a.py", PYTHON).symbols if s.name == "local"]


def test_imports_say_what_they_take_and_from_where():
    imports = {(s.name, s.target) for s in facts("a.py", PYTHON).symbols if s.kind == "import"}
    assert imports == {("os", "os:"), ("d", "a.b:c"), ("fast", "fast:")}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"def broken(:\n", "line 1"),
        (b"def f():\nreturn 1\n", "line 2"),
        (b"x = 1\0", "NUL"),
        (b"x = '\xff'\n", "UTF-8"),
        (b"# coding: no-such-code\nx = '\xff'\n", "declares"),
        (b"#" * (MAX_SOURCE + 1), "larger"),
        (b"[" * 200_000, "no sense"),
        (b"\n".join(b"x%d = 1" % n for n in range(MAX_SYMBOLS + 1)), "symbols"),
    ],
)
def test_files_that_cannot_be_read_say_why(content, reason):
    assert reason in facts("a.py", content).problem


def test_the_sound_parts_of_a_broken_file_are_found():
    broken = facts("a.py", "class Good:\n    def run(self): ...\n\n\ndef broken(:\n")
    assert broken.problem
    assert {"Good", "Good.run"} <= {s.qualified for s in broken.symbols}


def test_python_is_read_in_the_encoding_that_it_declares_and_with_newer_syntax_than_ours():
    assert facts("a.py", "# coding: latin-1\nNAME = 'é'\ndef f(): ...\n".encode("latin-1")).problem == ""
    assert defined("a.py", "type Pair[T] = tuple[T, T]\ndef first[T](x: T) -> T: ...\n") == {
        ("type", "Pair", 1),
        ("function", "first", 2),
    }


@STEADY
@given(st.sampled_from(sorted(all_languages())), st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_content_breaks_the_reading_of_any_language(name, content):
    language = all_languages()[name]
    extract(content, language)
    assert extract(content, language) == extract(content, language)

"""TEST-001 and TEST-002: tests that cannot fail, and tests that got weaker from one attempt to the next."""

import ast
import re
from collections.abc import Callable
from typing import Final

from sluice.commands.gate_proof.edits import new_file
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, Unfit, variants
from sluice.commands.gate_proof.tree import MARK

_Change = Callable[[str], str]


def _module(code: str) -> Edit:
    return new_file("tests/test_more_of_it.py", code)


_WEAK = {
    "true": _module("§def test_it():\n    §assert True"),
    "a constant": _module('§def test_it():\n    answer = 3\n    §assert "fine"\n    del answer'),
    "no assertion": _module("§def test_it():\n    value = 1 + 1\n    del value"),
    "nothing": _module("§def test_it():\n    pass"),
    "a docstring": _module('§def test_it():\n    """The service answers."""'),
    "an ellipsis": _module("§def test_it(): ..."),
    "a tuple": _module('§def test_it():\n    value = 1\n    §assert (value == 2, "value is two")'),
    "itself": _module("§def test_it():\n    value = 1\n    §assert value == value"),
    "or true": _module("§def test_it():\n    value = 1\n    §assert value == 2 or True"),
    "skipped": _module("import pytest\n\n\n§@pytest.mark.skip\n§def test_it():\n    assert 1 + 1 == 2"),
    "skipped for a while": _module(
        'import pytest\n\n\n§@pytest.mark.skip(reason="later")\n§def test_it():\n    assert 1 + 1 == 2'
    ),
    "skipped in the body": _module("import pytest\n\n\n§def test_it():\n    §pytest.skip()\n    assert 1 + 1 == 2"),
    "module skipped": _module(
        "import pytest\n\n§pytestmark = pytest.mark.skip\n\n\n§def test_it():\n    assert 1 + 1 == 2"
    ),
    "failure swallowed": _module(
        "§def test_it():\n    §try:\n        assert 1 + 1 == 3\n    except AssertionError:\n        pass"
    ),
    "any failure swallowed": _module(
        "§def test_it():\n    §try:\n        assert 1 + 1 == 3\n    except Exception:\n        pass"
    ),
    "suppressed": _module(
        "import contextlib\n\n\n§def test_it():\n"
        "    §with contextlib.suppress(AssertionError):\n        assert 1 + 1 == 3"
    ),
    "returned before": _module("§def test_it():\n    §return\n    assert 1 + 1 == 3"),
    "never reached": _module("§def test_it():\n    §if False:\n        assert 1 + 1 == 3"),
    "of a class": _module("class TestIt:\n§    def test_it(self):\n        §assert True"),
    "asynchronous": _module("§async def test_it():\n    §assert True"),
}
_STRONG = {
    "compared": _module("def test_it():\n    assert 1 + 1 == 2"),
    "raises": _module("import pytest\n\n\ndef test_it():\n    with pytest.raises(ValueError):\n        int('x')"),
    "raises by call": _module("import pytest\n\n\ndef test_it():\n    pytest.raises(ValueError, int, 'x')"),
    "warns": _module("import pytest\n\n\ndef test_it(f):\n    with pytest.warns(UserWarning):\n        f()"),
    "helper": _module("def check(value):\n    assert value == 2\n\n\ndef test_it():\n    check(1 + 1)"),
    "unittest": _module(
        "import unittest\n\n\nclass TestIt(unittest.TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(2, 1 + 1)"
    ),
    "mock": _module(
        "from unittest.mock import Mock\n\n\ndef test_it():\n"
        "    call = Mock()\n    call(1)\n    call.assert_called_once_with(1)"
    ),
    "skipped where it cannot run": _module(
        "import sys\n\nimport pytest\n\n\n@pytest.mark.skipif(sys.platform == 'win32', reason='no fork there')\n"
        "def test_it():\n    assert 1 + 1 == 2"
    ),
    "skipped without a server": _module(
        "import os\n\nimport pytest\n\n\ndef test_it():\n    if 'TEST_REDIS_URL' not in os.environ:\n"
        "        pytest.skip('no Redis')\n    assert 1 + 1 == 2"
    ),
    "parametrised": _module(
        "import pytest\n\n\n@pytest.mark.parametrize('value', [True, False])\n"
        "def test_it(value):\n    assert value in {True, False}"
    ),
    "asserts on truth": _module("def test_it():\n    answer = [1]\n    assert answer\n    assert not []"),
    "explicit failure": _module(
        "import pytest\n\n\ndef test_it():\n    try:\n        int('x')\n"
        "    except ValueError:\n        return\n    pytest.fail('no error')"
    ),
    "fixture": _module(
        "import pytest\n\n\n@pytest.fixture\ndef test_data():\n"
        "    return 1\n\n\ndef test_it(test_data):\n    assert test_data == 1"
    ),
    "assertion in a loop": _module("def test_it():\n    for value in (1, 2):\n        assert value > 0"),
    "optional library": _module(
        "import pytest\n\nyaml = pytest.importorskip('yaml')\n\n\n"
        "def test_it():\n    assert yaml.safe_load('a: 1') == {'a': 1}"
    ),
    "raises an assertion error": _module(
        "def test_it():\n    if 1 + 1 != 2:\n        raise AssertionError('arithmetic')"
    ),
    "asynchronous": _module("async def test_it(client):\n    assert (await client.get('/health')).status_code == 200"),
}


def _attempts(change: _Change, name: str = "test_health.py") -> Edit:
    """Two attempts at the service's own tests, the second one changed."""

    def edit(site: Site) -> None:
        (path,) = site.files(f"tests/{name}")
        before = site.tree.read(path)
        after = change(before)
        if after == before:
            raise Unfit(f"{site.service.name}: nothing to change in {name}")
        base = f"jobs/{site.service.name}/attempt-"
        site.tree.add(f"{base}1/output/tests/{name}", before)
        later = f"{base}2/output/tests/{name}"
        lines = [place.first for place in site.tree.add(later, after)]
        starts = [node.lineno for node in ast.parse(after.replace(MARK, "")).body]
        for first, following in zip(starts, [*starts[1:], after.count("\n") + 2], strict=True):
            if any(first <= line < following for line in lines):
                site.places.append(site.tree.place(later, first, following - 1))
        site.services.add(site.service.name)

    return edit


def _sub(pattern: str, replacement: str) -> _Change:
    return lambda text: re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)


def _every(pattern: str, replacement: str) -> _Change:
    return lambda text: re.sub(pattern, replacement, text, flags=re.MULTILINE)


_TEST = r"^(def test_\w+\()"
_ASSERT = r"^( +)assert .*\n"
_WEAKENED = {
    "assertion deleted": _attempts(_sub(_ASSERT, rf"\1{MARK}pass\n")),
    "all assertions deleted": _attempts(_every(_ASSERT, rf"\1{MARK}pass\n")),
    "assertion always true": _attempts(_sub(r"^( +)assert (.*)$", rf"\1{MARK}assert \2 or True")),
    "assertion replaced": _attempts(_sub(r"^( +)assert .*$", rf"\1{MARK}assert True")),
    "assertion commented out": _attempts(_sub(r"^( +)(assert .*)$", rf"\1{MARK}# \2")),
    "skipped": _attempts(_sub(_TEST, rf"import pytest\n\n\n@pytest.mark.skip\n{MARK}\1")),
    "expected to fail": _attempts(_sub(_TEST, rf"import pytest\n\n\n@pytest.mark.xfail\n{MARK}\1")),
    "renamed out of sight": _attempts(_sub(r"^def test_(\w+\()", r"def check_\1")),
    "deleted": _attempts(lambda text: text[: text.index("def test_")] + "\n" if "def test_" in text else text),
    "skipped in the body": _attempts(
        _sub(r"^(def test_\w+\([^\n]*\) -> None:\n)", rf"{MARK}\1    import pytest\n\n    pytest.skip()\n")
    ),
    "failure swallowed": _attempts(
        _sub(r"^( +)(assert .*)\n", rf"\1try:\n\1    {MARK}\2\n\1except AssertionError:\n\1    pass\n")
    ),
}
_KEPT = {
    "comment added": _attempts(_sub(_TEST, r"# asked by the gateway\n\1")),
    "docstring added": _attempts(_sub(r"^(def test_\w+\([^\n]*\) -> None:\n)", r'\1    """Asked by the gateway."""\n')),
    "assertion added": _attempts(_sub(r"^( +)(assert .*)\n", r"\1\2\n\1assert 1 + 1 == 2\n")),
    "test added": _attempts(lambda text: f"{text}\n\ndef test_more() -> None:\n    assert 1 + 1 == 2\n"),
    "helper added": _attempts(lambda text: f"{text}\n\ndef helper() -> int:\n    return 1\n"),
    "import added": _attempts(lambda text: f"import json\n{text}\n\ndef dumped() -> str:\n    return json.dumps(1)\n"),
    "blank lines": _attempts(_sub(_TEST, r"\n\n\n\1")),
    "assertion with a message": _attempts(_sub(r"^( +assert [^\n,]*)$", r'\1, "as the contract says"')),
    "order of assertions": _attempts(lambda text: f"{text}\n# checked again\n"),
    "parametrised": _attempts(
        lambda text: (
            f"{text}\nimport pytest\n\n\n@pytest.mark.parametrize('n', [1, 2])\n"
            f"def test_n(n: int) -> None:\n    assert n\n"
        )
    ),
}

OPERATORS: Final = (
    Operator(check="TEST-001", plants=variants(_WEAK), twins=variants(_STRONG)),
    Operator(
        check="TEST-002",
        plants=variants(_WEAKENED, needs="run", touches="jobs", also="TEST-001"),
        twins=variants(_KEPT, needs="run", touches="jobs"),
    ),
)

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.core.errors import InputError
from sluice.services.codebase_intelligence.answers import FindAnswer
from sluice.services.codebase_intelligence.index import MAX_INDEXES, CodeIndex

STEADY = settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture
def tree(tmp_path):
    """A tree with a package that re-exports, tests beside it, and its index."""
    write(
        tmp_path / "tree",
        {
            "src/shop/__init__.py": "from .order import Order as Order, Total as Sum\nfrom .money import *\n",
            "src/shop/order.py": "import json\nclass Order:\n    def total(self): ...\nclass Total: ...\n",
            "src/shop/money.py": "__all__ = ['Coin']\nclass Coin:\n    def flip(self): ...\nclass Note: ...\n",
            "src/shop/old.py": "Order = None\n",
            "tests/test_order.py": "class Order: ...\n",
            "web/index.ts": 'export { go as start } from "./lib/run";\nexport { gone } from "elsewhere";\n',
            "web/lib/run.ts": "export function go() {}\n",
        },
    )
    with CodeIndex(tmp_path / "tree", tmp_path / "cache") as index:
        index.refresh()
        yield index


def write(root, files):
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def names(index, *asked, **options):
    return [(hit.qualified_name, f"{hit.path}:{hit.line}") for hit in index.find(asked, **options)]


def everything(index):
    tables = "SELECT path, digest, language, prefix, module, name, problem FROM files ORDER BY path"
    query = f"SELECT {', '.join(SYMBOL)} FROM symbols ORDER BY {', '.join(SYMBOL)}"
    run = index.database.connection.execute
    return run(tables).fetchall(), run(query).fetchall(), index.tree_hash, index.skipped()


SYMBOL = ("path", "line", "end_line", "kind", "name", "parent", "qualified", "target", "score", "grouping")


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Order", ("shop.order.Order", "src/shop/order.py:2")),
        ("Order.total", ("shop.order.Order.total", "src/shop/order.py:3")),
        ("shop.order.Order", ("shop.order.Order", "src/shop/order.py:2")),
        ("shop.Order", ("shop.order.Order", "src/shop/order.py:2")),
        ("shop.Order.total", ("shop.order.Order.total", "src/shop/order.py:3")),
        ("shop.Sum", ("shop.order.Total", "src/shop/order.py:4")),
        ("Sum", ("shop.order.Total", "src/shop/order.py:4")),
        ("shop.Coin", ("shop.money.Coin", "src/shop/money.py:2")),
        ("shop/old.py:Order", ("shop.old.Order", "src/shop/old.py:1")),
        ("src/shop/order.py::Order.total", ("shop.order.Order.total", "src/shop/order.py:3")),
        ("start", ("web.lib.run.go", "web/lib/run.ts:1")),
        ("gone", ("web.gone", "web/index.ts:2")),
        ("shop.money", ("shop.money", "src/shop/money.py:1")),
    ],
)
def test_a_name_is_found_in_every_form_and_through_reexports(tree, asked, first):
    assert names(tree, asked)[0] == first


@pytest.mark.parametrize("asked", ["Nowhere", "json", "shop.Note", "order.total", "other/order.py:Order", "hop.Order"])
def test_what_is_not_defined_here_is_not_found(tree, asked):
    assert names(tree, asked) == []


def test_ambiguous_names_are_ranked_with_the_reason(tree):
    found = tree.find(["Order"])
    assert [hit.rank for hit in found] == [1, 2, 3]
    assert [hit.path for hit in found] == ["src/shop/order.py", "src/shop/old.py", "tests/test_order.py"]
    assert "class before constant" in found[0].reason
    assert "constant after class" in found[1].reason
    assert "test code" in found[2].reason
    assert tree.find(["Order"], near="tests/test_x.py")[0].path == "src/shop/order.py"
    assert tree.find(["shop.Sum"])[0].reason.endswith("reached through the re-export at src/shop/__init__.py:1")


def test_several_names_are_answered_in_one_call_each_with_its_own_ranks(tree):
    assert [(hit.query, hit.rank) for hit in tree.find(["Coin", "Nowhere", "Total"])] == [("Coin", 1), ("Total", 1)]
    with pytest.raises(InputError):
        tree.find([" "])


def test_the_nearer_of_equals_comes_first(tmp_path):
    write(tmp_path / "t", {"a/x.py": "class Same: ...\n", "b/x.py": "class Same: ...\n"})
    with CodeIndex(tmp_path / "t", tmp_path / "cache") as index:
        index.refresh()
        assert [hit.path for hit in index.find(["Same"], near="b/y.py")] == ["b/x.py", "a/x.py"]


def test_only_what_changed_is_read_again_and_the_tree_hash_follows_the_content(tree):
    before = tree.tree_hash
    assert tree.refresh().read == 0
    write(tree.root, {"src/shop/order.py": "class Basket: ...\n"})
    done = tree.refresh()
    assert (done.read, done.tree_hash == before) == (1, False)
    assert names(tree, "Basket") == [("shop.order.Basket", "src/shop/order.py:1")]
    write(tree.root, {"src/shop/order.py": "import json\nclass Order:\n    def total(self): ...\nclass Total: ...\n"})
    assert tree.refresh().tree_hash == before


FILES = st.sampled_from(["a.py", "pkg/__init__.py", "pkg/b.py", "pkg/sub/c.py", "web/d.ts", "e.go"])
TEXTS = st.sampled_from(
    ["", "def f(): ...\n", "class A:\n    x = 1\n", "from .b import *\n", "def (\n", "export class A {}\n", b"\xff\0"]
)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("write"), FILES, TEXTS),
        st.tuples(st.just("delete"), FILES, st.none()),
        st.tuples(st.just("rename"), FILES, FILES),
    ),
    max_size=12,
)


@STEADY
@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_bringing_an_index_up_to_date_equals_making_it_anew(rounds):
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory, "tree")
        root.mkdir()
        with CodeIndex(root, Path(directory, "kept")) as kept:
            for changes in rounds:
                for what, path, other in changes:
                    change(root, what, path, other)
                kept.refresh()
            with CodeIndex(root, Path(directory, "new")) as new:
                new.refresh()
                assert everything(kept) == everything(new)


def change(root, what, path, other):
    if what == "write":
        write(root, {path: other})
    elif (root / path).exists() and what == "delete":
        (root / path).unlink()
    elif (root / path).exists() and path != other:
        (root / other).parent.mkdir(parents=True, exist_ok=True)
        (root / path).replace(root / other)


def test_hostile_files_are_skipped_with_the_reason_and_never_fatal(tmp_path):
    root = tmp_path / "t"
    outside = tmp_path / "outside.py"
    outside.write_text("SECRET = 1\n")
    write(root, {"ok.py": "def ok(): ...\n", "broken.py": "def (\n", "binary.py": b"\0\1", "latin.py": b"# \xe9\n"})
    write(root, {"huge.py": b"#" * (5 * 1024 * 1024), "bad\nname.py": "x = 1\n"})
    (root / "link.py").symlink_to(outside)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.py")
    with CodeIndex(root, tmp_path / "cache") as index:
        index.refresh()
        assert names(index, "ok") == [("ok.ok", "ok.py:1")]
        assert names(index, "SECRET") == []
        assert [item.path for item in index.skipped()] == [
            "bad\\nname.py", "binary.py", "broken.py", "huge.py", "latin.py", "link.py", "pipe.py",
        ]  # fmt: skip
        assert all(item.reason for item in index.skipped())


def test_environments_caches_and_what_gitignore_names_are_left_out(tmp_path):
    root = tmp_path / "t"
    write(root, {"a.py": "", "node_modules/x.js": "", "env/pyvenv.cfg": "", "env/lib.py": "", "out/b.py": ""})
    write(root, {".gitignore": "out/\n*.gen.py\n", "x.gen.py": "", "sub/.gitignore": "!y.gen.py\n", "sub/y.gen.py": ""})
    with CodeIndex(root, tmp_path / "cache") as index:
        assert index.refresh().files == 2
        paths = {row[0] for row in index.database.connection.execute("SELECT path FROM files")}
    assert paths == {"a.py", "sub/y.gen.py"}


def test_a_file_that_is_no_database_and_an_index_of_other_code_are_made_anew(tmp_path, tree):
    (file,) = (tmp_path / "cache").glob("*/index.sqlite")
    tree.database.close()
    file.write_bytes(b"this is no database" * 100)
    with CodeIndex(tree.root, tmp_path / "cache") as again:
        assert again.refresh().read == 7


def test_only_the_indexes_used_last_are_kept(tmp_path):
    for number in range(MAX_INDEXES + 3):
        (tmp_path / f"tree{number}").mkdir()
        CodeIndex(tmp_path / f"tree{number}", tmp_path / "cache").database.close()
    assert len(list((tmp_path / "cache").glob("*/index.sqlite"))) == MAX_INDEXES


KILLED = """
import os, signal, sys
from pathlib import Path
from sluice.services.codebase_intelligence import index
index.CodeIndex._settle = lambda self: os.kill(os.getpid(), signal.SIGKILL)
with index.CodeIndex(Path(sys.argv[1]), Path(sys.argv[2])) as tree:
    tree.refresh()
"""


def test_a_refresh_that_is_killed_leaves_the_index_as_it_was(tmp_path, tree):
    before = everything(tree)
    write(tree.root, {"src/shop/order.py": "class Basket: ...\n"})
    argv = [sys.executable, "-c", KILLED, str(tree.root), str(tmp_path / "cache")]
    assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL
    assert everything(tree) == before
    assert tree.refresh().read == 1


def test_writers_at_the_same_time_wait_for_each_other(tmp_path, tree):
    code = KILLED.replace("index.CodeIndex._settle = lambda self: os.kill(os.getpid(), signal.SIGKILL)\n", "")
    write(tree.root, {f"more/m{number}.py": f"def f{number}(): ...\n" for number in range(50)})
    argv = [sys.executable, "-c", code, str(tree.root), str(tmp_path / "cache")]
    writers = [subprocess.Popen(argv) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    with CodeIndex(tree.root, tmp_path / "new") as new:
        new.refresh()
        assert everything(new) == everything(tree)


def test_a_directory_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="no directory"):
        CodeIndex(tmp_path / "none", tmp_path)


def test_the_published_schema_is_that_of_the_answers():
    import json

    from sluice.services import codebase_intelligence

    schema = Path(codebase_intelligence.__file__).with_name("code_find.schema.json")
    assert json.loads(schema.read_text()) == FindAnswer.model_json_schema()

import pytest

from sluice.commands.bench.topics.code import copy_python, percentile


def test_a_tree_of_installed_python_has_at_least_the_lines_that_were_asked_for(tmp_path):
    lines = copy_python(tmp_path / "tree", 500)
    files = list((tmp_path / "tree").rglob("*"))
    assert lines >= 500
    assert sum(path.read_bytes().count(b"\n") for path in files if path.is_file()) == lines
    assert {path.suffix for path in files if path.is_file()} == {".py"}


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.99, 4), (1.0, 4)])
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile([4, 1, 3, 2], share) == value

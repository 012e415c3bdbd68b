from sluice.commands.bench.topics.gate import copy_packages


def test_packages_are_copied_until_there_are_lines_enough(tmp_path):
    source = tmp_path / "packages"
    for name in ("alpha", "beta", "gamma"):
        (source / name).mkdir(parents=True)
        (source / name / "__init__.py").write_text("x = 1\n" * 10)
    (source / "no_package").mkdir()
    (source / "no_package" / "data.py").write_text("x = 1\n" * 100)
    assert copy_packages(source, tmp_path / "tree", 15) == 20
    assert sorted(path.name for path in (tmp_path / "tree").iterdir()) == ["alpha", "beta"]

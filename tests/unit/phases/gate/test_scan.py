import pytest

from sluice.core.errors import InputError
from sluice.phases.gate.check import GateInput
from sluice.phases.gate.scan import find_services, is_dockerfile, read_tree


def tree(root, *paths):
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("x = 1\n")


def found(root):
    return {file.rel for file in read_tree(root, {}, (root,))}


def test_folders_with_a_dockerfile_and_code_are_services(tmp_path):
    tree(tmp_path, "a/Dockerfile", "a/app/main.py", "b/Dockerfile", "b/main.py", "c/main.py", "docker/Dockerfile")
    assert list(find_services(tmp_path)) == ["a", "b"]


def test_without_dockerfiles_packaging_makes_a_service(tmp_path):
    tree(tmp_path, "a/pyproject.toml", "a/main.py", "b/requirements.txt", "b/main.py")
    assert list(find_services(tmp_path)) == ["a", "b"]


def test_a_folder_may_be_the_service_itself(tmp_path):
    tree(tmp_path, "Dockerfile", "app/main.py")
    assert list(find_services(tmp_path).values()) == [tmp_path]


def test_services_of_the_same_folder_name_are_told_apart(tmp_path):
    tree(tmp_path, "x/api/Dockerfile", "x/api/main.py", "y/api/Dockerfile", "y/api/main.py")
    assert list(find_services(tmp_path)) == ["x/api", "y/api"]


def test_caches_environments_and_links_are_not_read(tmp_path):
    tree(
        tmp_path,
        "a.py",
        "node_modules/x.py",
        ".venv/x.py",
        "env/pyvenv.cfg",
        "env/x.py",
        "__pycache__/x.py",
        ".git/x.py",
    )
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "linked").symlink_to(tmp_path / "env")
    assert found(tmp_path) == {"a.py"}


def test_binary_and_huge_files_are_not_read(tmp_path):
    (tmp_path / "image.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "huge.json").write_bytes(b"x" * 2_000_001)
    tree(tmp_path, "a.py")
    assert found(tmp_path) == {"a.py"}


def test_bytes_that_are_not_utf8_do_not_stop_the_scan(report):
    result = report({"svc/a.py": "x = 1\n"})
    assert result.overall_verdict == "passed"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dockerfile", True), ("Dockerfile.prod", True), ("api.Dockerfile", True), ("Containerfile", True),
        ("Dockerfile.md", False), ("dockerfile.py", False), ("Dockerfile.dockerignore", False),
        ("docker-compose.yml", False),
    ],
)  # fmt: skip
def test_dockerfiles_are_known_by_name(name, expected):
    assert is_dockerfile(name) is expected


def test_a_folder_that_is_not_there_is_bad_input(tmp_path):
    with pytest.raises(InputError) as caught:
        GateInput.from_folder(tmp_path / "nowhere")
    assert caught.value.hint

"""What no product manager would write: each ends with a clear error, or sanitised and with an open question."""

import json
import re
from pathlib import Path

import pytest

from pipelines import EMBEDDED, invoke, left_behind, newest_run_id, run_pipeline
from sluice import samples

pytestmark = pytest.mark.slow

NASTY = (Path(__file__).parents[1] / "data" / "prds" / "nasty.md").read_text(encoding="utf-8")
TWO = "# X\n\n## Services\n\n| Service | Owns |\n|---|---|\n| a-service | Apple |\n| b-service | Pear, Plum |\n"


def entities(*names):
    return "\n## Entities\n" + "".join(f"\n### {name}\n\n- id: uuid\n- title: string\n" for name in names)


class Workspace:
    """A directory with a stack that stays up; `outside` is all that is not the workspace's own."""

    def __init__(self, root):
        self.root, self.directory = root, root / "here"
        self.directory.mkdir()

    def outside(self):
        return {
            path: path.read_bytes() if path.is_file() else None
            for path in self.root.rglob("*")
            if ".sluice" not in path.parts
        }

    def decompose(self, content):
        """`invoke phase3` on a PRD: exit code, Decomposition (None: refused) and stderr; it wrote nothing elsewhere."""
        prd = self.root / "prd.md"
        prd.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = self.outside()
        done = invoke(self.directory, "phase3", "--json", "--prd", str(prd), "--run", newest_run_id(self.directory))
        assert self.outside() == before
        assert not [path for path in self.root.rglob("*") if path.name in {"x", "passwd"}]
        assert "Traceback" not in done.stderr
        made = json.loads(done.stdout)["Decomposition"] if done.returncode == 0 else None
        assert made or done.stdout == ""
        return done.returncode, made, done.stderr


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = Workspace(tmp_path_factory.mktemp("hostile"))
    assert invoke(made.directory, "phase3", *EMBEDDED).returncode == 0
    yield made
    invoke(made.directory, "down")
    assert left_behind(newest_run_id(made.directory)) == []


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("", 2, "is empty"),
        (" \n\t\n", 2, "is empty"),
        (b"\x7fELF\x01\x00\x02", 2, "NUL"),
        (b"# caf\xe9\xff", 2, "not UTF-8"),
        ("x" * 100_000, 2, "no services were found"),
        ("> " * 3000 + "a\n" + "".join("  " * depth + "- a\n" for depth in range(300)) + "[" * 3000, 2, "no services"),
        ("<html><body><h1>Services</h1><script>alert(1)</script></body></html>", 2, "no services were found"),
        ("# X\n\n```\n## Services\n\n- a-service\n- b-service\n- c-service\n```\n", 2, "no services were found"),
        (TWO + entities("Apple", "Pear", "Plum"), 4, "2 services were found, at least 3 are needed"),
        (
            TWO.replace(", Plum", "") + "| c-service | |\n" + entities("Apple", "Pear"),
            4,
            "2 entities were found, at least 3 are needed",
        ),
    ],
    ids=["empty", "blank", "binary", "latin1", "unbroken", "deep", "html", "fenced", "two-services", "two-entities"],
)
@pytest.mark.req("R0-034")
def test_what_no_services_can_be_made_from_is_refused_with_a_way_out(workspace, content, code, said):
    refused, _, error = workspace.decompose(content)
    assert (refused, said in error, "What to do:" in error) == (code, True, True), error


def test_five_megabytes_are_read_whole_and_in_bounded_time(workspace):
    text = samples.path("clinic").read_text(encoding="utf-8")
    many = (text * (5_000_000 // len(text) + 1))[:5_000_000]
    code, made, error = workspace.decompose(many)
    assert code == 0, error
    names = [service["name"] for service in made["service_map"]["services"]]
    assert (names[0], len(names)) == ("patient-service", 4)


def test_hostile_names_become_harmless_ones_and_questions(workspace):
    code, made, error = workspace.decompose(NASTY)
    assert code == 0, error
    services = made["service_map"]["services"]
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{0,50}", service["name"]) for service in services)
    assert not {"postgres", "traefik", "architect"} & {service["name"] for service in services}
    for entity in made["domain_model"]["entities"]:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]{0,60}", entity["name"])
        assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,60}", field["name"]) for field in entity["fields"])
    paths = [endpoint["path"] for service in services for endpoint in service["endpoints"]]
    assert all(re.fullmatch(r"/[A-Za-z0-9_./{}-]+", path) and ".." not in path for path in paths)
    about = " ".join(f"{question['about']} {question['question']}" for question in made["questions"])
    for word in ("postgres", "../../etc/passwd", "Class.from_value", "名前", "{{7*7}}", "described twice"):
        assert word in about


@pytest.mark.timeout(900)
def test_a_system_of_hostile_names_is_built_and_tested_and_its_verdict_is_true(tmp_path):
    prd = tmp_path / "prd.md"
    prd.write_bytes(NASTY.replace("\n", "\r\n").encode())
    finished = run_pipeline(tmp_path, "--prd", str(prd), env={"SLUICE_MAX_EXAMPLES": "3"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [".sluice", "prd.md"]
    assert not [path for path in tmp_path.rglob("*") if path.name in {"x", "passwd"}]
    assert "Traceback" not in finished.stderr
    assert (finished.code, finished.summary["verdict"]) == (0, "passed"), finished.stderr[-4000:]
    assert finished.summary["compliance"]["ratio"] == 1
    report = (finished.root / "reports" / "report.html").read_text()
    assert "<script>alert" not in report
    assert report.count("<script") == 1, "the page's own"
    assert "{{7*7}}" in report
    assert left_behind(finished.summary["run_id"]) == []

import pytest

from sluice.commands.gate_proof.edits import in_function, swap
from sluice.commands.gate_proof.judge import judged
from sluice.commands.gate_proof.mutation import Operator, ServiceFacts, variants
from sluice.commands.gate_proof.rounds import alone, rounds
from sluice.commands.gate_proof.systems import System
from sluice.model.finding import Finding, GateReport
from sluice.phases.gate.check import GateInput

CODE = "import os\n\n\ndef f():\n    return os.getcwd()\n"


@pytest.fixture
def system(tmp_path):
    texts = {f"{name}/app/main.py": CODE for name in ("a", "b")}
    services = tuple(ServiceFacts(name=name, folder=name, traits=frozenset({"folder"})) for name in ("a", "b"))
    return System("small", GateInput(root=tmp_path, services={}, folders=(tmp_path,)), texts, services)


def operator(**plants):
    return Operator(check="LOG-001", plants=variants(plants), twins=())


def finding(path, line, check="LOG-001"):
    return Finding(check=check, layer=3, severity="error", message="", path=path, line=line)


def report(*findings):
    return GateReport(overall_verdict="failed", findings=findings)


def test_found_is_the_right_check_file_and_line_and_everything_else_is_a_false_alarm(system):
    made = operator(one=in_function("§print(1)"))
    target = alone(made, made.plants[0], [system], 1)
    (place,) = target.planted[0].site.places
    assert target.tree.read(place.path).split("\n")[place.first - 1] == "    print(1)"
    right = finding(place.path, place.first)
    assert len(judged(target, report(right)).found) == 1
    assert not judged(target, report(right)).false
    other = "b" if place.path.startswith("a") else "a"
    wrong = [finding(place.path, 90), finding(f"{other}/app/main.py", place.first), finding(place.path, 5, "X-001")]
    verdicts = judged(target, report(*wrong))
    assert len(verdicts.missed) == 1
    assert len(verdicts.false) == len(wrong)


def test_two_variants_of_a_round_never_share_a_service(system):
    packed, homeless = rounds([operator(**{f"n{at}": in_function(f"§print({at})") for at in range(5)})], [system], 1)
    assert homeless == []
    assert [len({one.site.service.name for one in target.planted}) for target in packed] == [2, 2, 1]


def test_a_variant_that_fits_nowhere_is_told_and_leaves_no_trace(system):
    packed, homeless = rounds([operator(never=swap("no such text", "x"))], [system], 1)
    assert packed == []
    assert "LOG-001 'never' cannot be planted" in homeless[0]


def test_equal_seeds_plant_at_equal_places_and_others_elsewhere(system):
    texts = {"a/app/main.py": "\n".join(f"def f{at}():\n    return {at}\n" for at in range(40))}
    wide = System("wide", system.given, texts, system.services[:1])
    made = operator(one=in_function("§print(1)"))
    lines = [alone(made, made.plants[0], [wide], seed).planted[0].site.places[0].first for seed in (1, 1, 2, 3, 4)]
    assert lines[0] == lines[1]
    assert len(set(lines)) > 1


def test_an_import_goes_before_the_first_one_and_the_mark_moves_along(system):
    made = operator(one=in_function("§sys.stdout.write('x')", imports="import sys"))
    target = alone(made, made.plants[0], [system], 1)
    (place,) = target.planted[0].site.places
    text = target.tree.read(place.path)
    assert text.startswith("import sys\nimport os\n")
    assert "sys.stdout" in text.split("\n")[place.first - 1]

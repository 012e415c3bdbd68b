import json

from sluice.commands.gate_proof.report import Proof, Score, as_json, as_markdown, as_text


def score(check="X-001", *, found=8, plants=8, twins=8, alarms=0, needed=True):
    return Score(check, plants=plants, twins=twins, found=found, false_alarms=alarms, needed=needed)


def proof(*scores, errors=()):
    return Proof(1, 3, 2.5, scores, errors)


def test_a_check_that_finds_all_and_cries_never_is_green():
    assert score().faults == []
    assert proof(score()).ok


def test_each_weakness_turns_the_proof_red_and_says_which():
    weak = {
        "recall": score(found=7),
        "precision": score(alarms=1),
        "variants": score(plants=7, found=7),
        "twins": score(twins=7),
        "removed": score(needed=False),
    }
    assert not any(proof(one).ok for one in weak.values())
    assert all(any(word in fault for fault in one.faults) for word, one in weak.items())


def test_an_error_of_no_check_turns_it_red_too():
    assert not proof(score(), errors=("Y-001 has no mutation operators",)).ok


def test_a_check_that_was_never_measured_is_red():
    assert not proof(Score("X-001")).ok


def test_the_three_formats_tell_the_same():
    told = proof(score("A-001", found=7), score("B-002"))
    assert json.loads(json.dumps(as_json(told)))["ok"] is False
    for text in (as_text(told), as_markdown(told)):
        assert told.sentence in text
        assert "A-001: recall 0.88 < 0.95" in text
    assert "| B-002 | 8 | 8 | 1.00 | 8 | 0 | 1.00 | yes |" in as_markdown(told)

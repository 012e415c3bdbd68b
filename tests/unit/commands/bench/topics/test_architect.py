from pathlib import Path

import pytest

from sluice.commands.bench.long_prd import long_prd
from sluice.commands.bench.scoring import KINDS, judge, total
from sluice.commands.bench.topics.architect import AIMS
from sluice.commands.bench.truth import CORPUS, corpus

FEW = ("implicit", "events")  # seven in all; two of them stand in half sentences (hr-modules, school-er)


@pytest.fixture(scope="module")
def scored():
    documents = [*corpus(Path(__file__).parents[5] / CORPUS), long_prd()]
    return [(document, judge(document)) for document in documents]


@pytest.mark.parametrize(("form", "kind"), [(form, kind) for form in AIMS for kind in KINDS if (form, kind) != FEW])
def test_the_architect_finds_what_a_senior_engineer_finds(scored, form, kind):
    tally = total(score for document, score in scored if document.truth.form == form)[kind]
    misses = [(document.name, score.misses) for document, score in scored if document.truth.form == form]
    assert tally.precision >= AIMS[form], misses
    assert tally.recall >= AIMS[form], misses


def test_what_is_no_prd_is_refused(scored):
    found = {document.name for document, score in scored if document.truth.form == "refusal" and score.misses}
    assert found == set()

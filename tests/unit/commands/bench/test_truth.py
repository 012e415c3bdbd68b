from pathlib import Path

import pytest

from sluice.commands.bench.long_prd import LONG_BYTES, long_prd
from sluice.commands.bench.truth import CORPUS, corpus
from sluice.core.errors import InputError

DOCUMENTS = [*corpus(Path(__file__).parents[4] / CORPUS), long_prd()]


def test_the_corpus_holds_the_forms_and_languages_that_people_use():
    forms = [document.truth.form for document in DOCUMENTS]
    assert (forms.count("explicit"), forms.count("implicit"), forms.count("refusal")) >= (15, 5, 4)
    assert {document.truth.language for document in DOCUMENTS} >= {"en", "es", "pt", "de", "fr", "zh", "id"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_truth_contradicts_neither_itself_nor_its_document(document):
    truth = document.truth
    services = set(truth.services)
    assert {entity.owner for entity in truth.entities.values()} <= services
    assert set(truth.endpoints) <= services
    for event in truth.events.values():
        assert {event.publisher, *event.consumers} <= services
    if truth.form == "explicit":
        paths = [endpoint.split(" ", 1)[1] for owned in truth.endpoints.values() for endpoint in owned]
        assert [path for path in paths if path not in document.text and "paths:" not in document.text] == []
    if truth.form == "refusal":
        assert not services


def test_the_long_document_is_long_and_always_the_same():
    assert LONG_BYTES < len(long_prd().text.encode()) < 1.1 * LONG_BYTES
    assert long_prd() == long_prd()


def test_a_folder_without_a_corpus_is_refused(tmp_path):
    with pytest.raises(InputError, match="no corpus"):
        list(corpus(tmp_path))

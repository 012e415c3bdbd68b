import pytest

from sluice import samples
from sluice.services.architect.decompose import decompose
from sluice.services.architect.reading import endpoints, entities, events, markdown, rules, services
from sluice.services.architect.reading.draft import Draft
from sluice.services.architect.reading.words import load

HEAD = """# Shop

## Services

| Service | Owns | Description |
|---|---|---|
| shop-service | Basket | What is bought |
| mail-service | Letter | What is told |

"""


@pytest.fixture
def read():
    """Reads a document as far as its sentences go: no owners, no contracts."""

    def reader(text):
        draft = Draft(markdown.parse(text), load())
        for module in (services, entities, endpoints, events):
            module.find(draft)
        rules.apply(draft)
        return draft

    return reader


@pytest.fixture
def shop():
    """Decomposes a document about the shop- and the mail-service, of which only the rest is given."""

    def maker(rest):
        return decompose(HEAD + rest)

    return maker


@pytest.fixture(params=samples.names())
def sample(request):
    return samples.path(request.param).read_text(encoding="utf-8")


def questions(found):
    asked = {}
    for question in found.questions:
        asked[question.about] = f"{asked.get(question.about, '')} {question.question}".strip()
    return asked


def contract(found, service, kind="openapi"):
    return next(s.document for s in found.contract_stubs if (s.service, s.kind) == (service, kind))


def operation(found, service, label):
    method, path = label.split(" ")
    return contract(found, service)["paths"][path][method.lower()]


@pytest.fixture
def ask():
    """The open questions by what they are about."""
    return questions


@pytest.fixture
def operation_of():
    """One operation of a service's OpenAPI contract: `operation_of(found, service, "GET /things")`."""
    return operation


@pytest.fixture
def contract_of():
    """A service's contract."""
    return contract

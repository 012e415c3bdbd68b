import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from sluice import samples
from sluice.services.architect import decompose as module
from sluice.services.architect.decompose import decompose
from sluice.services.architect.errors import PrdRefused

HOSTILE = {
    "path": "../../etc/passwd",
    "shell": "$(touch x)",
    "template": "{{7*7}} tools",
    "yaml": "!!python/object:os.system {a: 1}",
    "long": "n" * 300,
    "sql": "x'; DROP TABLE y; --",
    "unicode": "Überweisung",
    "reserved": "architect",
    "emoji": "\N{GRINNING FACE} order",
    "right to left": "\u202eredro order",
    "html": "<img src=x onerror=alert(1)>",
    "keyword": "import",
}


@pytest.mark.parametrize("text", ["", "   \n\t\n", "\x00\x01\x02PK\x03\x04", "�" * 50 + "ab\x01\x02"])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(PrdRefused) as refusal:
        decompose(text)
    assert refusal.value.exit_code == 2
    assert refusal.value.details


@pytest.mark.parametrize(
    "text", ["hello", "# A poem\n\nRoses are red.\n\n- violets\n", "```\nx = 1\n```", "|a|b|\n|-|-|\n|1|2|"]
)
def test_a_text_without_services_and_entities_is_refused_with_what_was_missing(text):
    with pytest.raises(PrdRefused) as refusal:
        decompose(text)
    assert any("services" in line for line in refusal.value.details)
    assert any("entities" in line for line in refusal.value.details)


def test_a_document_above_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(PrdRefused, match="too long") as refusal:
        decompose("é" * 60)
    assert "120 bytes" in refusal.value.details[0]


def prd(service, entity="Thing", field="name", path="things"):
    return (
        f"# X\n\n## Services\n\n- **{service}**: something\n\n## Entities\n\n"
        f"- **{entity}**:\n  - `{field}`: string\n  - size: integer\n\n## Endpoints\n\n- `GET /{path}`\n"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_out_safe_and_asked_about(name):
    written = HOSTILE[name]
    found = decompose(prd(written, entity=written, field=written, path=f"things/{written}"))
    assert found.questions
    assert_safe(found)


def assert_safe(found):
    for service in found.service_map.services:
        assert re.fullmatch(r"[a-z][a-z0-9-]{0,50}", service.name)
        assert service.name not in {"architect", "contract-engine", "postgres", "redis", "traefik"}
        for endpoint in service.endpoints:
            assert re.fullmatch(r"/[A-Za-z0-9_./{}-]+", endpoint.path)
            assert ".." not in endpoint.path
    for entity in found.domain_model.entities:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]{0,60}", entity.name)
        for field in entity.fields:
            assert re.fullmatch(r"[a-z][a-z0-9_]{0,60}", field.name)
    for event in found.events:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]{0,60}", event.name)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60).filter(lambda text: "\x00" not in text),
    st.text(max_size=40).filter(lambda text: "\x00" not in text),
)
def test_any_names_give_a_safe_answer_or_a_refusal(one, other):
    try:
        found = decompose(prd(one, entity=other, field=one, path=other))
    except PrdRefused:
        return
    assert_safe(found)
    for stub in found.contract_stubs:
        if stub.kind == "openapi":
            assert list(OpenAPIV31SpecValidator(stub.document).iter_errors()) == []


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_torn_document_never_crashes(data):
    text = samples.path(data.draw(st.sampled_from(samples.names()))).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : start + data.draw(st.integers(0, 3000))]
    try:
        found = decompose(piece)
    except PrdRefused:
        return
    assert_safe(found)


def sections(text):
    """Cuts a document before each heading of the second level."""
    head, *rest = re.split(r"(?m)^(?=## )", text)
    return head, rest


def shape(found):
    services = found.service_map.services
    return (
        {s.name: (set(s.entities), {(e.method, e.path, e.auth) for e in s.endpoints}) for s in services},
        {e.name: {f.name: f.type for f in e.fields} for e in found.domain_model.entities},
        {e.name: (e.publisher, set(e.consumers)) for e in found.events},
    )


def test_the_order_of_sections_does_not_matter(sample):
    head, rest = sections(sample)
    assert shape(decompose(head + "\n\n".join(reversed(rest)))) == shape(decompose(sample))


def test_tables_of_fields_mean_the_same_as_lists():
    text = samples.path("tasktracker").read_text(encoding="utf-8")

    def as_list(match):
        cells = [cell.strip() for cell in match.group(0).strip("| \n").split("|")]
        optional = ", optional" if cells[2] == "no" else ""
        return f"- `{cells[0]}`: {cells[1]}{optional}, {cells[3]}\n"

    row = re.compile(r"(?m)^\| (?!Field)[a-z_]+ \|[^|\n]+\| (?:yes|no) \|[^|\n]*\|\n")
    listed = row.sub(as_list, re.sub(r"\| Field \| Type \| Required \| Notes \|\n\|[-|]+\|\n", "", text))
    assert "| Required |" not in listed
    assert shape(decompose(listed)) == shape(decompose(text))


def test_declared_twice_is_one_with_a_question(ask):
    found = decompose(
        "# X\n\n## Services\n\n| Service | Owns |\n|---|---|\n| a-service | Thing |\n| a-service | Thing |\n"
        "| b-service | Other |\n"
    )
    assert [service.name for service in found.service_map.services] == ["a-service", "b-service"]
    assert "twice" in ask(found)["a-service"]


def test_a_large_document_is_read_whole_and_bounded():
    text = samples.path("clinic").read_text(encoding="utf-8")
    many = "".join(f"\n## Thing{i}\n\n- id: uuid\n- size: integer\n- `GET /things{i}`\n" for i in range(3000))
    found = decompose(text + many + text)
    assert [service.name for service in found.service_map.services][:4] == [
        "patient-service", "practice-service", "appointment-service", "reminder-service",
    ]  # fmt: skip
    assert len(found.domain_model.entities) <= 500
    assert len(found.questions) <= 501


def test_line_ends_of_other_systems_mean_the_same(sample):
    assert decompose(sample.replace("\n", "\r\n")) == decompose(sample) == decompose(sample.replace("\n", "\r"))

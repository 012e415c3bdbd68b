import sys

import pytest

from sluice.core.config import Settings
from sluice.core.errors import EnvironmentFailure, InputError
from sluice.phases.decompose import llm

KEY = "k3y-of-a-test"
ANSWER = {"service_map": {"services": [{"name": "lamp-service", "original_name": "Lamps"}]}}


@pytest.fixture
def where(model, monkeypatch):
    monkeypatch.setenv("LAMP_KEY", KEY)

    def made(**changes):
        chosen = {"architect_url": f"{model.url}/v1", "architect_model": "m", "architect_key_variable": "LAMP_KEY"}
        return llm.endpoint(Settings(architect="llm", **{**chosen, **changes}))

    return made


def test_an_openai_compatible_endpoint_is_asked_for_the_schema_and_answers(model, where):
    model.answers = [ANSWER]
    found = llm.ask("# Lamps\nThey shine.", where())
    assert [service.name for service in found.service_map.services] == ["lamp-service"]
    (path, headers, body) = model.requests[0]
    assert (path, headers["authorization"], body["model"]) == ("/v1/chat/completions", f"Bearer {KEY}", "m")
    assert "service_map" in body["tools"][0]["function"]["parameters"]["properties"]
    assert body["messages"][-1] == {"role": "user", "content": "1\t# Lamps\n2\tThey shine."}


def test_an_anthropic_endpoint_is_asked_in_its_own_protocol(model, where):
    model.answers = [ANSWER]
    found = llm.ask("# Lamps", where(architect_api="anthropic", architect_url=model.url))
    assert [service.name for service in found.service_map.services] == ["lamp-service"]
    (path, headers, body) = model.requests[0]
    assert path == "/v1/messages"
    assert KEY in " ".join(headers.values())
    assert body["tools"][0]["name"] == "report"


def test_an_answer_that_breaks_the_schema_is_sent_back_once(model, where):
    model.answers = [{"service_map": {"surprise": 1}}, ANSWER]
    assert llm.ask("# Lamps", where()).service_map.named("lamp-service")
    assert "surprise" in str(model.requests[1][2]["messages"])


def test_two_invalid_answers_end_it(model, where):
    model.answers = [{"shell": "rm -rf /"}]
    with pytest.raises(EnvironmentFailure, match="no valid answer twice") as caught:
        llm.ask("# Lamps", where())
    assert len(model.requests) == 2
    assert "architect rules" in caught.value.hint


def test_a_refusing_endpoint_is_named_and_the_key_is_not(model, where):
    model.answers = [401]
    with pytest.raises(EnvironmentFailure, match=r"http://127\.0\.0\.1:\d+/v1 did not answer") as caught:
        llm.ask("# Lamps", where())
    assert "401" in str(caught.value)
    assert KEY not in str(caught.value)
    assert KEY not in repr(where())


def test_an_endpoint_that_is_not_there_is_said(where):
    with pytest.raises(EnvironmentFailure, match="did not answer"):
        llm.ask("# Lamps", where(architect_url="http://127.0.0.1:1/v1"))


def test_a_missing_library_is_said(monkeypatch, where):
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    with pytest.raises(EnvironmentFailure, match="needs pydantic-ai"):
        llm.ask("# Lamps", where())


def test_a_missing_key_names_its_variable(monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(InputError, match="ANTHROPIC_API_KEY is not set"):
        llm.endpoint(Settings(architect_api="anthropic", architect_model="m"))


def test_a_missing_model_is_said():
    with pytest.raises(InputError, match="needs the name of a model"):
        llm.endpoint(Settings())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "https://user:key@example.org", "http://[", "x"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError, match="no address") as caught:
        llm.url_of(Settings(architect_url=url))
    assert "key" not in caught.value.brief


def test_without_an_address_the_vendor_s_own_is_taken():
    assert llm.url_of(Settings(architect_api="anthropic")) == "https://api.anthropic.com"

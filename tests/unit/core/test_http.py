import httpx2
import pytest

from sluice.core import http
from sluice.core.errors import ServiceCallFailed
from sluice.core.http import poll_until_healthy, request_json

URL = "http://127.0.0.1:1"


class Clock:
    def __init__(self):
        self.now = 0.0
        self.pauses = []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(http, "time", clock)
    return clock


@pytest.fixture
def answers(monkeypatch, clock):
    """Answers one after the other, the last one for ever; returns the requests that came."""

    def given(*outcomes):
        requests = []
        waiting = list(outcomes)

        def handle(request):
            requests.append(request)
            clock.now += 0.01
            outcome = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if isinstance(outcome, Exception):
                raise outcome
            return outcome if isinstance(outcome, httpx2.Response) else httpx2.Response(outcome)

        transport = httpx2.MockTransport(handle)
        monkeypatch.setattr(http, "client_options", lambda _url, timeout: {"transport": transport, "timeout": timeout})
        return requests

    return given


@pytest.mark.req("R0-013")
def test_a_service_is_healthy_at_its_first_200(answers):
    requests = answers(httpx2.ConnectError("refused"), 503, 200)
    result = poll_until_healthy(URL, timeout=5)
    assert (result.healthy, result.status, result.detail, result.probes) == (True, 200, "", 3)
    assert {request.url.path for request in requests} == {"/api/health"}


@pytest.mark.req("R0-013")
@pytest.mark.parametrize(
    ("outcome", "status", "detail"),
    [
        (503, 503, "answers 503"),
        (404, 404, "answers 404"),
        (301, 301, "answers 301"),
        (httpx2.ConnectError("refused"), None, "cannot be reached (ConnectError)"),
        (httpx2.ReadTimeout("slow"), None, "no answer within 2 s"),
    ],
)
def test_after_the_time_out_the_last_probe_says_what_is_wrong(answers, clock, outcome, status, detail):
    answers(outcome)
    result = poll_until_healthy(URL, timeout=3, interval=0.5)
    assert (result.healthy, result.status) == (False, status)
    assert result.detail.startswith(detail)
    assert 3 <= clock.now < 4


@pytest.mark.req("R0-013")
def test_a_relapse_begins_the_stable_window_anew(answers, clock):
    answers(200, 200, 503, 200)
    result = poll_until_healthy(URL, timeout=5, interval=0.1, stable=1.0)
    assert result.healthy
    assert clock.now > 1.3


def test_a_service_that_flaps_until_the_end_is_not_healthy(answers):
    answers(*[200, 503] * 10, 503)
    assert not poll_until_healthy(URL, timeout=1, interval=0.1, stable=1.0).healthy


def test_a_json_body_is_returned_and_none_without_a_body(answers):
    answers(httpx2.Response(200, json={"a": [1]}), httpx2.Response(204))
    assert request_json("GET", URL) == {"a": [1]}
    assert request_json("DELETE", URL) is None


@pytest.mark.req("R0-221")
@pytest.mark.parametrize("fault", [httpx2.ConnectError("refused"), httpx2.Response(503)])
def test_an_idempotent_request_is_repeated_with_growing_pauses(answers, clock, fault):
    requests = answers(fault, fault, httpx2.Response(200, json=1))
    assert request_json("GET", URL) == 1
    assert len(requests) == 3
    assert clock.pauses == [0.1, 0.2]


@pytest.mark.req("R0-221")
def test_a_post_is_never_repeated(answers):
    requests = answers(httpx2.ReadError("lost"))
    with pytest.raises(ServiceCallFailed, match="got no answer"):
        request_json("POST", URL, json={})
    assert len(requests) == 1


def test_the_last_refusal_is_told_with_its_body(answers):
    requests = answers(httpx2.Response(503, text="busy"))
    with pytest.raises(ServiceCallFailed) as caught:
        request_json("GET", URL)
    assert len(requests) == 3
    assert "answered 503" in caught.value.brief
    assert caught.value.details == ("busy",)
    assert caught.value.hint


def test_a_body_that_is_not_json_is_a_clear_error(answers):
    answers(httpx2.Response(200, text="<html>"))
    with pytest.raises(ServiceCallFailed, match="did not answer JSON"):
        request_json("GET", URL)


def test_no_proxy_of_the_environment_is_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert http.client_options(URL, 1)["trust_env"] is False

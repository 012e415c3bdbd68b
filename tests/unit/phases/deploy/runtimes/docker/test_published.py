import socket

import pytest

from sluice.core.ports import Choice, Ports
from sluice.phases.deploy.runtimes.docker import published

RANDOM = range(20000, 32000)


class Events(list):
    def __call__(self, kind, message="", **data):
        self.append((kind, message, data))


@pytest.fixture
def busy(monkeypatch):
    """A port that somebody listens on, in the table as Redis's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setitem(published.TABLE, "SLUICE_REDIS_PORT", port)
        yield port


def test_random_ports_are_free_and_different():
    events = Events()
    ports = published.choose({}, events, fixed=False)
    assert set(ports) == set(published.TABLE)
    assert len(set(ports.values())) == len(ports)
    assert all(port in RANDOM for port in ports.values())
    assert events == []


@pytest.mark.req("R0-125")
def test_a_documented_port_that_is_taken_gives_way_to_a_free_one_and_that_is_told(busy):
    events = Events()
    ports = published.choose({}, events, fixed=True)
    assert ports["SLUICE_REDIS_PORT"] in RANDOM
    told = {data["name"]: message for _, message, data in events}
    assert told["redis"] == f"port {busy} is taken; redis uses port {ports['SLUICE_REDIS_PORT']}"


def test_ports_of_an_earlier_attempt_are_kept():
    before = published.choose({}, Events(), fixed=False)
    assert published.choose(before, Events(), fixed=True) == before


def test_a_port_that_only_the_engine_may_use_is_left_to_it(monkeypatch):
    def refuse(_self, wanted=None):
        return Choice(29999, f"port {wanted} needs privileges")

    monkeypatch.setattr(Ports, "choose", refuse)
    assert published.choose({}, Events(), fixed=True) == published.TABLE


def test_a_port_that_was_taken_meanwhile_is_replaced_and_no_other():
    events = Events()
    before = published.choose({}, Events(), fixed=False)
    after = published.instead(before, before["SLUICE_REDIS_PORT"], events)
    assert after.pop("SLUICE_REDIS_PORT") != before.pop("SLUICE_REDIS_PORT")
    assert after == before
    assert [data["name"] for _, _, data in events] == ["redis"]

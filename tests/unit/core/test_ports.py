import os
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from sluice.core import ports
from sluice.core.errors import EnvironmentFailure
from sluice.core.ports import Ports


@pytest.fixture
def listener():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_free_wanted_port_is_given():
    wanted = Ports().choose().port
    assert Ports().choose(wanted) == ports.Choice(wanted)


def test_a_taken_port_gives_another_one_and_says_so(listener):
    choice = Ports().choose(listener)
    assert choice.port != listener
    assert choice.reason == f"port {listener} is taken"


def test_a_port_that_needs_privileges_gives_another_one_and_says_so(monkeypatch):
    def refuse(_, address):
        if address[1] < 1024:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    choice = Ports().choose(80)
    assert choice.port >= 1024
    assert choice.reason == "port 80 needs privileges"


def test_no_port_is_given_twice_not_even_to_threads():
    chooser = Ports()
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: chooser.choose().port, range(64)))
    assert len(set(given)) == 64
    assert chooser.choose(given[0]).reason == f"port {given[0]} is in use here already"
    chooser.release(given[0])
    assert chooser.choose(given[0]).port == given[0]


def test_no_free_port_is_an_environment_failure(monkeypatch):
    monkeypatch.setattr(ports, "obstacle", lambda _: "is taken")
    with pytest.raises(EnvironmentFailure, match="no free port"):
        Ports().choose(8001)


def test_only_the_process_that_listens_counts_as_listening(listener):
    assert ports.listens(os.getpid(), listener)
    assert not ports.listens(os.getppid(), listener)
    assert not ports.listens(os.getpid(), Ports().choose().port)
    assert not ports.listens(2**22 + 1, listener)

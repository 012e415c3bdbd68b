import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sluice.core import proc
from sluice.core.ports import Choice, Ports
from sluice.phases.deploy.runtimes.embedded.record import Record
from sluice.phases.deploy.runtimes.embedded.supervisor import Interrupted, NotHealthy, Program, Supervisor

RUN = f"test-supervisor-{threading.get_native_id()}"
SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ok" else 503)
        self.end_headers()
    def log_message(self, *_): pass
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class Events(list):
    def __call__(self, kind, message="", **data):
        self.append((kind, message, data))

    def texts(self, kind):
        return [message for found, message, _ in self if found == kind]


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def supervisor(tmp_path, events):
    record = Record(tmp_path / "embedded.json")
    yield Supervisor(run_id=RUN, logs=tmp_path / "logs", record=record, emit=events, timeout=20)
    proc.reap(RUN, grace=0)


def program(tmp_path, code=SERVER, *, port=None, probe="/ok", key=""):
    return Program(
        name="alpha",
        ports={"http": port},
        command=lambda ports: [sys.executable, "-c", code, str(ports["http"])],
        probe=probe,
        cwd=tmp_path,
        key=key,
    )


def test_a_server_is_kept_while_it_answers_and_its_key_is_the_same(supervisor, tmp_path, events):
    first = supervisor.ensure(program(tmp_path, key="one"))
    assert supervisor.ensure(program(tmp_path, key="one")) == first
    assert len(events.texts("service.started")) == 1
    second = supervisor.ensure(program(tmp_path, key="two"))
    assert second.pid != first.pid
    assert second.ports == first.ports
    assert not first.handle.alive()


def test_a_server_that_died_is_started_again(supervisor, tmp_path):
    first = supervisor.ensure(program(tmp_path))
    proc.stop_group(first.pid)
    second = supervisor.ensure(program(tmp_path))
    assert second.pid != first.pid
    assert second.handle.alive()


def test_a_server_that_does_not_start_is_started_once_more_then_shown_with_its_last_lines(supervisor, tmp_path, events):
    with pytest.raises(NotHealthy, match="alpha did not start: it ended") as caught:
        supervisor.ensure(program(tmp_path, "print('line 1\\nmy last words'); raise SystemExit(3)"))
    assert caught.value.log[-1] == "my last words"
    assert caught.value.log.count("my last words") == 1
    assert caught.value.restarts == 1
    assert len(events.texts("warning")) == 2
    assert "starting it once more" in events.texts("warning")[0]
    assert not supervisor.record.servers


def test_a_server_that_fails_once_and_then_comes_up_is_healthy_with_one_restart(supervisor, tmp_path):
    code = f"import pathlib, sys\np = pathlib.Path('mark')\nif not p.exists(): p.touch(); sys.exit(1)\n{SERVER}"
    server = supervisor.ensure(program(tmp_path, code))
    assert server.restarts == 1
    assert server.handle.alive()


def test_a_server_that_answers_unhealthy_is_ended_and_reported(supervisor, tmp_path):
    supervisor.timeout = 0.5
    with pytest.raises(NotHealthy, match=r"/bad answers 503 after 0 s"):
        supervisor.ensure(program(tmp_path, probe="/bad"))
    assert not list(proc.labelled(RUN))


def test_a_taken_port_is_replaced_and_said(supervisor, tmp_path, events):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = supervisor.ensure(program(tmp_path, port=port))
    assert server.port != port
    assert events.texts("service.port") == [f"port {port} is taken; alpha uses port {server.port}"]


def test_a_port_lost_between_choosing_and_binding_is_replaced(supervisor, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        really = Ports.choose
        stale = [Choice(port)]
        monkeypatch.setattr(Ports, "choose", lambda self, wanted=None: stale.pop() if stale else really(self, wanted))
        server = supervisor.ensure(program(tmp_path))
    assert server.port != port
    assert server.restarts == 0


def test_somebody_elses_answer_on_the_port_does_not_count(supervisor, tmp_path):
    """The other server is healthy; ours never listens, so it must not pass for healthy."""
    other = supervisor.ensure(program(tmp_path))
    supervisor.timeout = 0.5
    silent = program(tmp_path, "import time; time.sleep(60)")
    mine = Supervisor(
        run_id=RUN,
        logs=tmp_path / "other-logs",
        record=Record(tmp_path / "other.json"),
        emit=Events(),
        timeout=0.5,
        ports=type("Same", (), {"choose": lambda *_: Choice(other.port), "release": lambda *_: None})(),
    )
    with pytest.raises(NotHealthy, match="it does not listen"):
        mine.ensure(silent)


def test_an_interrupt_ends_the_wait_at_once(supervisor, tmp_path):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(supervisor.ensure, program(tmp_path, probe="/bad"))
        supervisor.interrupted.set()
        with pytest.raises(Interrupted):
            waiting.result(timeout=10)
    with pytest.raises(Interrupted):
        supervisor.ensure(program(tmp_path))


def test_the_record_survives_the_process_and_is_private(supervisor, tmp_path):
    server = supervisor.ensure(program(tmp_path))
    path = tmp_path / "embedded.json"
    assert path.stat().st_mode & 0o777 == 0o600
    again = Record(path)
    assert again.servers["alpha"] == server
    assert again.servers["alpha"].handle.alive()
    assert supervisor.stop("alpha")
    assert not Record(path).servers
    assert not supervisor.stop("alpha")


def test_only_the_last_lines_of_a_long_log_are_read(supervisor):
    supervisor.logs.mkdir()
    supervisor.log_file("alpha").write_text("".join(f"line {number}\n" for number in range(50_000)))
    assert supervisor.last_lines("alpha", 2) == ["line 49998", "line 49999"]
    assert supervisor.last_lines("alpha", 0) == []
    assert supervisor.last_lines("beta", 5) == []


def test_no_credential_is_shown_with_the_last_lines(supervisor, tmp_path, events):
    password = supervisor.record.password("svc-alpha")
    with pytest.raises(NotHealthy) as caught:
        supervisor.ensure(program(tmp_path, f"raise SystemExit('postgresql://svc-alpha:{password}@127.0.0.1/x')"))
    assert caught.value.log == ("postgresql://svc-alpha:***@127.0.0.1/x",)
    assert password not in repr(events)

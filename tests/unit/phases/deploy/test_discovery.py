import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from data.library.running import free_port
from sluice.core.errors import InputError
from sluice.phases.deploy import ServiceDiscovery


class Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def well() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Well) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.req("R0-062")
def test_healthy_services_are_reported_sorted_by_name(well: str) -> None:
    found = ServiceDiscovery({"b": well, "a": well}, lambda _: []).wait_all_healthy(timeout=5, stable=0.05)
    assert [(health.name, health.healthy, health.status) for health in found] == [("a", True, 200), ("b", True, 200)]


@pytest.mark.req("R0-062")
def test_the_culprit_is_named_with_its_last_lines(well: str) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    found = ServiceDiscovery({"good": well, "bad": dead}, lambda name: [f"{name} fell over", ""]).wait_all_healthy(
        timeout=0
    )
    assert [health.healthy for health in found] == [False, True]
    assert found[0].name == "bad"
    assert "cannot be reached" in found[0].detail
    assert found[0].detail.endswith("its last lines: bad fell over")


def test_urls_are_found_by_name_and_unknown_names_refused(well: str) -> None:
    discovery = ServiceDiscovery({"good": well}, lambda _: [])
    assert discovery.names == ("good",)
    assert discovery.url("good") == well
    with pytest.raises(InputError, match="no service 'gold' is deployed"):
        discovery.url("gold")


def test_no_services_are_no_health() -> None:
    assert ServiceDiscovery({}, lambda _: []).wait_all_healthy(timeout=1) == ()

from sluice.phases.deploy.runtimes.docker.engine import container_of

INSPECTED = {
    "Id": "abc",
    "RestartCount": 2,
    "State": {
        "Status": "running",
        "ExitCode": 0,
        "StartedAt": "2026-01-01T00:00:00Z",
        "Health": {"Status": "starting", "Log": [{"Output": "first"}, {"Output": "last\n words\n"}]},
    },
    "Config": {"Labels": {"com.docker.compose.service": "alpha", "sluice.run": "r"}},
    "NetworkSettings": {
        "Ports": {
            "8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}],
            "9000/tcp": None,
            "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}],
        }
    },
}


def test_what_the_engine_says_of_a_container_is_read():
    container = container_of(INSPECTED)
    assert (container.id, container.service, container.restarts) == ("abc", "alpha", 2)
    assert container.ports == {8080: 32768}
    assert container.probe == "last words"


def test_a_container_is_healthy_when_it_runs_and_its_check_says_so():
    starting = container_of(INSPECTED)
    assert (starting.healthy, starting.word) == (False, "unhealthy")
    healthy = container_of({**INSPECTED, "State": {"Status": "running", "Health": {"Status": "healthy"}}})
    assert (healthy.healthy, healthy.word) == (True, "running")
    without_check = container_of({**INSPECTED, "State": {"Status": "running"}})
    assert without_check.healthy
    ended = container_of({**INSPECTED, "State": {"Status": "exited", "Health": {"Status": "healthy"}}})
    assert (ended.healthy, ended.word) == (False, "stopped")


def test_an_empty_description_is_a_container_of_no_service():
    assert container_of({}).service == ""

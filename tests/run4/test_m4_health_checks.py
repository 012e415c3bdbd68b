import json

import pytest

from dockers import BUILD1, CORE, GENERATED, NINE, docker, get

pytestmark = [pytest.mark.slow, pytest.mark.docker, pytest.mark.timeout(900)]

MB = 2**20
PREFIXES = {"architect": "architect", "contract-engine": "contracts", "codebase-intelligence": "codebase"}
ORDER = {
    "contract-engine": {"postgres", "redis"},
    "architect": {"contract-engine"},
    "codebase-intelligence": {"contract-engine"},
    **{name: {"architect", "contract-engine"} for name in GENERATED},
    "traefik": {*BUILD1, *GENERATED},
}
FETCH = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).read().decode())"
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close(); print('open')"
RESOLVE = "import socket, sys; print(socket.gethostbyname(sys.argv[1]))"


def fetched(dockered, service, url):
    return json.loads(docker.execute(dockered.container(service), ["python", "-c", FETCH, url], tty=False))


def on_network(dockered, network, script, *arguments):
    """Exit code and output of a script in a container that is on this network only."""
    image = dockered.container("architect").config.image
    name = f"sluice-{dockered.run_id}_{network}"
    argv = ["python", "-c", script, *map(str, arguments)]
    made = docker.create(image, argv, networks=[name], labels={"sluice.run": dockered.run_id})
    try:
        docker.start(made)
        return docker.wait(made), docker.logs(made)
    finally:
        docker.remove(made, force=True)


def address(dockered, service, network):
    networks = dockered.container(service).network_settings.networks
    return networks[f"sluice-{dockered.run_id}_{network}"].ip_address


@pytest.mark.req("R0-110", "R0-111", "R0-112", "R0-113", "R0-180", "R0-140")
def test_docker_compose_merge_networks(dockered):
    assert set(dockered.containers()) == NINE
    assert dockered.network("frontend") == {"traefik", *BUILD1, *GENERATED}
    assert dockered.network("backend") == {"postgres", "redis", *BUILD1, *GENERATED}
    assert on_network(dockered, "frontend", CONNECT, "architect", 8000) == (0, "open\n")
    for service, port in (("postgres", 5432), ("redis", 6379)):
        assert on_network(dockered, "frontend", RESOLVE, service)[0] == 1
        assert on_network(dockered, "frontend", CONNECT, address(dockered, service, "backend"), port)[0] == 1
    assert on_network(dockered, "backend", RESOLVE, "traefik")[0] == 1
    assert on_network(dockered, "backend", CONNECT, address(dockered, "traefik", "frontend"), 80)[0] == 1


@pytest.mark.req("R0-114", "R0-181", "R0-204")
def test_inter_container_dns(dockered):
    assert fetched(dockered, "architect", "http://contract-engine:8000/api/health")["service"] == "contract-engine"
    for service in GENERATED:
        others = [name for name in GENERATED if name != service]
        assert all(fetched(dockered, service, f"http://{other}:8080/health") for other in others)


@pytest.mark.req("R0-115", "R0-141", "R0-182", "R0-211")
def test_traefik_pathprefix_routing(dockered):
    for service, prefix in PREFIXES.items():
        answer = get(f"{dockered.gateway}/api/{prefix}/health")
        assert (answer.status_code, answer.json()["service"]) == (200, service)
        labels = dockered.container(service).config.labels
        assert labels["traefik.enable"] == "true"
        assert labels[f"traefik.http.routers.{service}.rule"] == f"PathPrefix(`/api/{prefix}`)"
        assert labels[f"traefik.http.services.{service}.loadbalancer.server.port"] == "8000"
    for service in GENERATED:
        answer = get(f"{dockered.gateway}/api/{service}/openapi.json")
        assert (answer.status_code, answer.json()["info"]["title"]) == (200, service)
    assert get(f"{dockered.gateway}/api/nobody/health").status_code == 404
    assert get(f"{dockered.gateway}/").status_code == 404


@pytest.mark.req("R0-116", "R0-117", "R0-118", "R0-119", "R0-120", "R0-183")
def test_health_check_cascade_order(dockered):
    started, healthy = dockered.first("start"), dockered.first("health_status: healthy")
    assert set(started) == set(healthy) == NINE
    for service, needed in ORDER.items():
        declared = dockered.model()["model"]["services"][service]["depends_on"]
        assert set(declared) >= needed
        assert {wait["condition"] for wait in declared.values()} == {"service_healthy"}
        for earlier in declared:
            assert healthy[earlier] < started[service], f"{service} was started before {earlier} was healthy"


@pytest.mark.req("R0-131", "R0-132", "R0-133", "R0-134", "R0-135", "R0-184")
def test_resource_budget_compliance(dockered):
    limits = {name: container.host_config.memory for name, container in dockered.containers().items()}
    groups = {BUILD1: 2048, ("postgres", "redis"): 640, ("traefik",): 128, GENERATED: 1536}
    assert all(limits.values())
    for services, most in groups.items():
        assert sum(limits[name] for name in services) <= most * MB
    assert sum(limits.values()) <= 4.5 * 1024 * MB
    used = {each.container_name: each.memory_used for each in docker.stats(list(dockered.containers().values()))}
    assert len(used) == len(NINE)
    for name, container in dockered.containers().items():
        assert 0 < used[container.name] < limits[name]
    for services, most in groups.items():
        assert sum(used[dockered.container(name).name] for name in services) < most * MB
    recorded = dockered.run.manifest()["memory"]
    assert recorded.keys() == NINE
    assert all(0 < recorded[name] < limits[name] for name in NINE)


@pytest.mark.req("R0-121", "R0-122", "R0-123", "R0-124", "R0-125", "R0-126", "R0-127", "R0-128", "R0-129", "R0-130")
def test_every_port_is_published_on_the_loopback_address_only(dockered):
    inner = {"postgres": (5432,), "redis": (6379,), "traefik": (80, 8080)}
    inner |= dict.fromkeys(BUILD1, (8000,)) | dict.fromkeys(GENERATED, (8080,))
    for service, ports in inner.items():
        bound = {key: value for key, value in dockered.container(service).network_settings.ports.items() if value}
        assert set(bound) == {f"{port}/tcp" for port in ports}
        assert {dockered.published(service, port)[0] for port in ports} == {"127.0.0.1"}
    for service in BUILD1:
        assert get(f"{dockered.url(service, 8000)}/api/health").json()["service"] == service


@pytest.mark.req("R0-206", "R0-200", "R0-201", "R0-061", "R0-062")
def test_every_container_is_healthy_and_was_started_once(dockered):
    for service, container in dockered.containers().items():
        assert (container.state.status, container.state.health.status) == ("running", "healthy"), service
        assert container.restart_count == 0
    assert all(service["healthy"] for service in dockered.run.artifact("Deployment")["services"])
    assert dockered.run.artifact("Deployment")["runtime"] == "docker"
    assert set(CORE) <= set(dockered.containers())

import pytest

TRAEFIK = (
    "services:\n  traefik:\n    image: traefik:v3.6\n"
    "    command: --providers.docker --providers.docker.exposedbydefault=false\n"
    "    networks: [frontend]\n"
)
LABELS = "    labels:\n      - traefik.enable=true\n      - traefik.http.routers.svc.rule=PathPrefix(`/api/svc`)\n"
SERVICE = "  svc:\n    build: ./svc\n    networks: [frontend, backend]\n    expose: ['8080']\n"
APP = "from fastapi import FastAPI\napp = FastAPI()\n"

ORPHANS = {
    "no labels": TRAEFIK + SERVICE,
    "no rule": TRAEFIK + SERVICE + "    labels: ['traefik.enable=true']\n",
    "empty rule": TRAEFIK + SERVICE + "    labels: {traefik.enable: true, traefik.http.routers.svc.rule: ''}\n",
    "switched off": TRAEFIK + SERVICE + LABELS.replace("enable=true", "enable=false"),
    "not enabled": TRAEFIK + SERVICE + "    labels: ['traefik.http.routers.svc.rule=PathPrefix(`/x`)']\n",
    "only middleware": TRAEFIK
    + SERVICE
    + "    labels: ['traefik.enable=true', 'traefik.http.middlewares.x.stripprefix.prefixes=/x']\n",
    "without ports": TRAEFIK + SERVICE.replace("    expose: ['8080']\n", ""),
}
ROUTED = {
    "list of labels": TRAEFIK + SERVICE + LABELS,
    "map of labels": TRAEFIK
    + SERVICE
    + "    labels:\n      traefik.enable: true\n      traefik.http.routers.svc.rule: Host(`a.io`)\n",
    "deploy labels": TRAEFIK
    + SERVICE
    + "    deploy:\n      labels: ['traefik.enable=true', 'traefik.http.routers.svc.rule=Host(`a.io`)']\n",
    "tcp": TRAEFIK + SERVICE + "    labels: ['traefik.enable=true', 'traefik.tcp.routers.svc.rule=HostSNI(`*`)']\n",
    "database": TRAEFIK
    + SERVICE
    + LABELS
    + "  db:\n    image: postgres:16\n    networks: [frontend]\n    ports: ['5432:5432']\n",
    "internal network": TRAEFIK
    + SERVICE
    + LABELS
    + "  inner:\n    build: ./svc\n    networks: [backend]\n    expose: ['1']\n",
    "worker": TRAEFIK
    + SERVICE
    + LABELS
    + "  svc-worker:\n    build: ./svc\n    command: celery -A app worker\n    networks: [frontend]\n",
    "no gateway": SERVICE.replace("  svc:", "services:\n  svc:"),
}


@pytest.mark.req("R0-090")
@pytest.mark.parametrize("compose", ORPHANS.values(), ids=ORPHANS.keys())
def test_a_service_without_a_route_is_found_on_its_line(compute_check, compose):
    findings = compute_check("ORPHAN-001", {"docker-compose.yml": compose, "svc/app/main.py": APP})
    assert [(f.service, f.path, f.line) for f in findings] == [("svc", "docker-compose.yml", 6)]


@pytest.mark.req("R0-090")
@pytest.mark.parametrize("compose", ROUTED.values(), ids=ROUTED.keys())
def test_routed_and_internal_services_are_left_alone(compute_check, compose):
    assert compute_check("ORPHAN-001", {"docker-compose.yml": compose, "svc/app/main.py": APP}) == []


def test_a_route_of_the_file_provider_counts(compute_check):
    dynamic = (
        "http:\n  routers: {r: {rule: PathPrefix(`/x`), service: s}}\n"
        "  services: {s: {loadBalancer: {servers: [{url: 'http://svc:8080'}]}}}\n"
    )
    files = {"docker-compose.yml": TRAEFIK + SERVICE, "traefik/dynamic.yml": dynamic, "svc/app/main.py": APP}
    assert compute_check("ORPHAN-001", files) == []


def test_a_later_compose_file_of_the_same_folder_adds_the_route(compute_check):
    files = {
        "docker-compose.yml": TRAEFIK + SERVICE,
        "docker-compose.traefik.yml": "services:\n  svc:\n" + LABELS,
        "svc/app/main.py": APP,
    }
    assert compute_check("ORPHAN-001", files) == []


def test_in_a_run_each_service_needs_a_route_though_the_gateway_stands_elsewhere(compute_check):
    files = {"docker-compose.generated.yml": "services:\n" + SERVICE, "svc/app/main.py": APP}
    assert [finding.service for finding in compute_check("ORPHAN-001", files, run=True)] == ["svc"]
    files["docker-compose.generated.yml"] += LABELS
    assert compute_check("ORPHAN-001", files, run=True) == []

from pathlib import Path

import pytest
import yaml

from sluice.core.errors import InputError
from sluice.core.paths import RunPaths
from sluice.engine.stack import ServiceToRun
from sluice.phases.deploy.compose import FILE_NAME, ComposeGenerator

DOCKER = Path(__file__).parents[4] / "docker"
RUN_ID = "20260101-000000-abcdef"
BUILD1 = {"architect", "contract-engine", "codebase-intelligence"}


def services(*names, **depends_on):
    return [ServiceToRun(name=name, directory=Path(name), depends_on=depends_on.get(name, ())) for name in names]


def generated(*names, **depends_on):
    text = ComposeGenerator(RUN_ID).generate(services(*names, **depends_on))
    return yaml.safe_load(text)["services"]


def static(tier):
    return yaml.safe_load((DOCKER / f"docker-compose.{tier}.yml").read_text())


def merged():
    """The five files as compose merges the parts looked at here: maps by key, lists appended."""
    files = [static("infra"), static("build1"), static("traefik"), {"services": generated("alpha", "beta")}]
    found = {}
    for file in [*files, static("run4")]:
        for name, service in file["services"].items():
            into = found.setdefault(name, {})
            for key, value in service.items():
                if isinstance(value, dict):
                    into[key] = into.get(key, {}) | value
                elif isinstance(value, list):
                    into[key] = into.get(key, []) + value
                else:
                    into[key] = value
    return found


def megabytes(service):
    assert service["mem_limit"].endswith("m")
    return int(service["mem_limit"][:-1])


@pytest.mark.req("R0-060")
def test_a_generated_service_is_built_routed_checked_and_hardened():
    service = generated("alpha")["alpha"]
    assert service["build"]["context"] == "../services/alpha"
    assert service["image"] == f"${{ALPHA_IMAGE:-sluice/alpha:{RUN_ID}}}"
    assert service["networks"] == ["frontend", "backend"]
    assert "http://127.0.0.1:8080/health" in service["healthcheck"]["test"][1]
    assert service["labels"]["traefik.http.routers.alpha.rule"] == "PathPrefix(`/api/alpha`)"
    assert service["labels"]["traefik.http.services.alpha.loadbalancer.server.port"] == "8080"
    assert service["labels"]["sluice.run"] == RUN_ID
    assert service["user"].split(":")[0] not in {"0", "root"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["ports"] == ["127.0.0.1::8080"]


@pytest.mark.req("R0-060")
def test_equal_inputs_give_equal_text_whatever_their_order():
    one = ComposeGenerator(RUN_ID).generate(services("alpha", "beta"))
    assert one == ComposeGenerator(RUN_ID).generate(services("beta", "alpha"))


def test_a_service_waits_for_build_1_and_for_the_generated_services_it_needs():
    found = generated("alpha", "beta", beta=("alpha", "not-deployed"))
    assert set(found["alpha"]["depends_on"]) == {"architect", "contract-engine"}
    assert set(found["beta"]["depends_on"]) == {"architect", "contract-engine", "alpha"}
    assert set(found["traefik"]["depends_on"]) == {"alpha", "beta"}
    conditions = {wait["condition"] for service in found.values() for wait in service["depends_on"].values()}
    assert conditions == {"service_healthy"}


@pytest.mark.parametrize("count", [1, 3, 12])
def test_generated_services_share_one_and_a_half_gigabytes(count):
    found = generated(*(f"s{number}" for number in range(count)))
    found.pop("traefik")
    assert sum(map(megabytes, found.values())) <= 1536


@pytest.mark.parametrize("name", ["architect", "postgres", "traefik", "contracts"])
def test_a_service_cannot_take_the_name_of_a_part_of_the_stack(name):
    with pytest.raises(InputError, match=f"{name} is the name of a part"):
        ComposeGenerator(RUN_ID).generate(services(name))


def test_the_file_is_written_into_the_run(tmp_path):
    run = RunPaths(tmp_path / RUN_ID)
    path = ComposeGenerator(RUN_ID).write(services("alpha"), run)
    assert path == run.root / "compose" / FILE_NAME
    assert path.read_text() == ComposeGenerator(RUN_ID).generate(services("alpha"))


def test_the_merged_stack_has_nine_parts_and_no_port_twice():
    found = merged()
    assert set(found) == BUILD1 | {"postgres", "redis", "traefik", "alpha", "beta"}
    ports = [port for service in found.values() for port in service.get("ports", []) if "::" not in port]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len(set(ports)) == len(ports) == 7


def test_the_databases_are_on_the_backend_only_and_the_gateway_on_the_frontend_only():
    networks = {name: set(service["networks"]) for name, service in merged().items()}
    assert networks.pop("postgres") == networks.pop("redis") == {"backend"}
    assert networks.pop("traefik") == {"frontend"}
    assert all(both == {"frontend", "backend"} for both in networks.values())


def test_the_whole_stack_stays_below_four_and_a_half_gigabytes():
    assert sum(map(megabytes, merged().values())) < 4.5 * 1024


def test_the_health_cascade_is_in_the_files():
    waits = {name: set(service.get("depends_on", {})) for name, service in merged().items()}
    assert waits["contract-engine"] >= {"postgres", "redis"}
    assert waits["architect"] == waits["codebase-intelligence"] == {"contract-engine"}
    assert waits["alpha"] >= {"architect", "contract-engine"}
    assert waits["traefik"] == BUILD1 | {"alpha", "beta"}


def test_every_container_is_labelled_bounded_pinned_and_unprivileged():
    for name, service in merged().items():
        assert "sluice.run" in service["labels"], name
        assert service["user"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["logging"]["options"]["max-size"], name
        assert service["healthcheck"]["test"], name
        assert ":latest" not in service["image"], name
        assert ":" in service["image"].partition(":-")[2], name


def test_the_gateway_shows_no_dashboard_and_reads_the_socket_only():
    gateway = static("traefik")["services"]["traefik"]
    assert "--api.dashboard=false" in gateway["command"]
    assert "--providers.docker.exposedByDefault=false" in gateway["command"]
    assert gateway["volumes"] == ["${SLUICE_DOCKER_SOCKET:-/var/run/docker.sock}:/var/run/docker.sock:ro"]


def test_every_route_of_build_1_is_in_the_wiring_file():
    rules = {
        value
        for service in static("run4")["services"].values()
        for key, value in service["labels"].items()
        if key.endswith(".rule")
    }
    assert rules == {"PathPrefix(`/api/architect`)", "PathPrefix(`/api/contracts`)", "PathPrefix(`/api/codebase`)"}

import json
import signal
import stat
import subprocess

import psutil
import pytest

from dockers import (
    BUILD1,
    DOCKER,
    GENERATED,
    LABEL,
    NINE,
    docker,
    eventually,
    get,
    left_on_engine,
    status,
)
from pipelines import PHASES, finished, invoke, invoke_argv, left_behind, newest_run_id, signal_inside
from sluice.phases.deploy.runtimes.docker import leftovers

pytestmark = [pytest.mark.slow, pytest.mark.docker, pytest.mark.timeout(900)]

DEFAULT_PORTS = {
    ("architect", 8000): 8001,
    ("contract-engine", 8000): 8002,
    ("codebase-intelligence", 8000): 8003,
    ("postgres", 5432): 5432,
    ("redis", 6379): 6379,
    ("traefik", 80): 80,
    ("traefik", 8080): 8080,
}


@pytest.fixture(autouse=True)
def removed(tmp_path):
    """Whatever a failing test leaves on the engine goes with it."""
    yield
    leftovers.remove({path.name for path in tmp_path.glob(".sluice/runs/2*")})


@pytest.mark.req("R0-011", "R0-121", "R0-122", "R0-123", "R0-124", "R0-125", "R0-126", "R0-127")
def test_without_a_run_the_merged_model_shows_the_documented_images_and_ports(tmp_path):
    services = json.loads(invoke(tmp_path, "compose", "--json").stdout)["model"]["services"]
    assert {
        (name, port["target"]): int(port["published"])
        for name, service in services.items()
        for port in service["ports"]
    } == DEFAULT_PORTS
    assert services["postgres"]["image"] == "postgres:16-alpine"
    assert services["redis"]["image"] == "redis:7-alpine"
    assert services["traefik"]["image"].startswith("traefik:v3.6.")
    assert not list(tmp_path.iterdir())


def test_every_container_is_unprivileged_and_can_write_to_its_temporary_files_only(dockered):
    for service, container in dockered.containers().items():
        host = container.host_config
        assert container.config.user.partition(":")[0] not in {"", "0", "root"}, service
        assert host.cap_drop == ["ALL"]
        assert host.readonly_rootfs
        assert "no-new-privileges:true" in host.security_opt
        assert not host.privileged
        assert host.log_config.config["max-size"] == "10m"
        assert container.config.labels[LABEL] == dockered.run_id
        assert not container.config.image.endswith(":latest")


@pytest.mark.req("R0-150")
def test_credentials_are_in_no_file_that_others_can_read_and_in_no_command_or_label(dockered):
    known = json.loads((dockered.paths.stack / "docker.json").read_text())
    secrets = [known["postgres_password"], known["redis_password"], known["jwt_secret"], *known["roles"].values()]
    assert len(secrets) == 3 + len(BUILD1) + len(GENERATED) + 1
    files = [path for path in dockered.paths.root.rglob("*") if path.is_file()]
    for path in files:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            assert not any(secret.encode() in path.read_bytes() for secret in secrets), path
    for container in dockered.containers().values():
        seen = json.dumps([container.path, container.args, container.config.cmd, container.config.labels])
        assert not any(secret in seen for secret in secrets)
    processes = " ".join(word for each in psutil.process_iter(["cmdline"]) for word in each.info["cmdline"] or [])
    assert not any(secret in processes for secret in secrets)


def test_docker_and_embedded_give_the_same_contracts_services_compliance_and_verdict(dockered, tasktracker):
    ours, theirs = dockered.run, tasktracker
    assert ours.summary["runtime"] == "docker"
    for artifact in ("Decomposition", "ContractSet"):
        assert ours.artifact(artifact) == theirs.artifact(artifact)
    assert ours.manifest()["services"] == theirs.manifest()["services"] != {}
    for key in ("verdict", "reason", "compliance", "findings"):
        assert ours.summary[key] == theirs.summary[key]
    assert _judged(ours) == _judged(theirs)


def _judged(run):
    layers = run.artifact("GateReport")["layers"]
    return [(layer["status"], *((check["check"], check["findings"]) for check in layer["checks"])) for layer in layers]


def test_two_runs_on_one_engine_do_not_meet_and_other_peoples_containers_stay(dockered, tmp_path):
    """A second stack and somebody's own container: neither sees, serves or ends anything of another's."""
    image = dockered.container("architect").config.image
    volume = docker.volume.create("somebodys-volume")
    network = docker.network.create("somebodys-network")
    container = docker.run(
        image, ["python", "-c", "import time; time.sleep(600)"], detach=True, name="somebodys-container",
        networks=[network], volumes=[(volume, "/data")],
    )  # fmt: skip
    try:
        done = invoke(tmp_path, "phase1", *DOCKER)
        assert done.returncode == 0, done.stderr[-3000:]
        other = newest_run_id(tmp_path)
        assert len(docker.container.list(filters=[("label", f"{LABEL}={other}")])) == 5
        assert set(dockered.containers()) == NINE
        _gateway_serves_nobody_elses(dockered)
        assert invoke(tmp_path, "down").returncode == 0
        assert left_on_engine(other) == []
        container.reload()
        assert container.state.running
        assert {each.name for each in docker.volume.list()} >= {"somebodys-volume"}
        assert all(each.state.health.status == "healthy" for each in dockered.containers().values())
    finally:
        docker.remove(container, force=True)
        docker.network.remove(network)
        docker.volume.remove(volume)


def _gateway_serves_nobody_elses(dockered):
    """Without its own Architect the gateway has none, although the other run's answers."""
    url, own = f"{dockered.gateway}/api/architect/health", dockered.container("architect")
    assert get(url).status_code == 200
    docker.stop(own, time=1)
    try:
        assert eventually(lambda: status(url) == 404)
    finally:
        docker.start(own)
    assert eventually(lambda: status(url) == 200)


@pytest.mark.parametrize("phase", ["health", "deploy"])
@pytest.mark.req("R0-213")
def test_nothing_is_left_on_the_engine_after_a_kill(tmp_path, phase):
    """The guardian removes what a killed pipeline started; the run then goes on to the same end."""
    signal_inside(tmp_path, phase, "pipeline", *DOCKER, lines_into=3)
    run_id = newest_run_id(tmp_path)
    assert left_behind(run_id) == []
    assert eventually(lambda: left_on_engine(run_id) == []), left_on_engine(run_id)
    if phase == "deploy":
        resumed = finished(tmp_path, invoke(tmp_path, "resume", "--json"))
        assert (resumed.code, resumed.summary["verdict"]) == (0, "passed"), resumed.stderr[-4000:]
        assert resumed.passed_phases() == list(PHASES)
        assert left_on_engine(run_id) == []


@pytest.mark.req("R0-213")
def test_an_interrupt_removes_everything_and_ends_with_130(tmp_path):
    assert signal_inside(tmp_path, "health", "pipeline", *DOCKER, number=signal.SIGINT, lines_into=3) == 130
    assert left_on_engine(newest_run_id(tmp_path)) == []


@pytest.mark.req("R0-213")
def test_reap_removes_what_a_run_left_when_even_its_guardian_was_killed(tmp_path):
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process, guardians = psutil.Popen(invoke_argv("phase1", *DOCKER), cwd=tmp_path, **quiet), []
    try:
        assert eventually(lambda: list(tmp_path.glob(".sluice/runs/2*")))
        run_id = newest_run_id(tmp_path)
        assert eventually(lambda: docker.container.list(filters=[("label", f"{LABEL}={run_id}")]))
        started = [(each, each.as_dict(["cmdline"], ad_value=[])["cmdline"]) for each in process.children()]
        guardians = [each for each, command in started if "sluice.core.guardian" in command]
        assert guardians
    finally:
        for each in (*guardians, process):
            each.kill()
        process.wait()
    assert left_on_engine(run_id) != []
    done = invoke(tmp_path, "reap", "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["reaped"]) >= 1
    assert left_on_engine(run_id) == []
    assert left_behind(run_id) == []


def test_a_failing_run_leaves_nothing_and_says_what_is_missing(tmp_path):
    done = invoke(tmp_path, "pipeline", *DOCKER, env={"TRAEFIK_IMAGE": "sluice/no-such-image:1"})
    assert done.returncode == 3
    assert "sluice/no-such-image:1" in done.stdout
    assert "unset TRAEFIK_IMAGE" in done.stdout
    assert left_on_engine(newest_run_id(tmp_path)) == []

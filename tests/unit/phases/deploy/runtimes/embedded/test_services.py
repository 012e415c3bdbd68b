from pathlib import Path

import pytest
import yaml

from sluice.engine.stack import ServiceToRun
from sluice.phases.deploy import databases
from sluice.phases.deploy.runtimes.embedded import servers, services
from sluice.phases.deploy.runtimes.embedded.record import Record


def service(name, *depends_on):
    return ServiceToRun(name=name, directory=Path(name), depends_on=depends_on)


def names(*given):
    return [[service.name for service in tier] for tier in services.tiers(given)]


def test_services_start_after_those_they_depend_on_and_together_where_they_can():
    assert names(service("d", "b", "c"), service("c", "a"), service("b", "a"), service("a")) == [
        ["a"],
        ["b", "c"],
        ["d"],
    ]


def test_a_dependency_that_is_not_deployed_is_no_obstacle():
    assert names(service("b", "a"), service("c")) == [["b", "c"]]


def test_a_cycle_is_started_last_and_nothing_is_lost():
    assert names(service("a", "b"), service("b", "a"), service("c"), service("d", "a")) == [["c"], ["a", "b", "d"]]


def test_no_service_is_no_tier():
    assert names() == []


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("app = None\n")
    return tmp_path


def made(directory, **env):
    run = ServiceToRun(name="alpha", directory=directory)
    return services.generated(run, Path("/env/python"), env)


def test_a_generated_service_gets_its_settings_by_environment_only(directory):
    program = made(directory, DATABASE_URL="postgresql+psycopg://u:secret@h/d", JWT_SECRET="secret")
    assert program.env["ROOT_PATH"] == "/api/alpha"
    assert program.env["SERVICE_NAME"] == "alpha"
    assert program.cwd == directory
    assert not any("secret" in word for word in program.command({"http": 1234}))
    assert "1234" in program.command({"http": 1234})


def test_a_changed_source_or_setting_makes_another_program(directory):
    first = made(directory, A="1").key
    assert made(directory, A="1").key == first
    assert made(directory, A="2").key != first
    (directory / "app" / "main.py").write_text("app = 1\n")
    assert made(directory, A="1").key != first


def test_routes_keep_the_prefix_and_are_deterministic(tmp_path):
    routes = [("beta", "/api/beta", "http://127.0.0.1:2"), ("alpha", "/api/alpha", "http://127.0.0.1:1")]
    servers.write_routes(tmp_path, routes)
    text = servers.routes_file(tmp_path).read_text()
    servers.write_routes(tmp_path, reversed(routes))
    assert servers.routes_file(tmp_path).read_text() == text
    http = yaml.safe_load(text)["http"]
    assert http["routers"]["alpha"]["rule"] == "PathPrefix(`/api/alpha`)"
    assert http["services"]["alpha"]["loadBalancer"]["servers"] == [{"url": "http://127.0.0.1:1"}]
    assert "middlewares" not in http


def test_redis_gets_its_password_by_a_private_file(tmp_path):
    program = servers.redis(tmp_path, "the-password", None)
    command = program.command({"redis": 1234})
    assert not any("the-password" in word for word in command)
    config = tmp_path / "redis.conf"
    assert config.stat().st_mode & 0o777 == 0o600
    assert "requirepass the-password\n" in config.read_text()
    assert "bind 127.0.0.1\n" in config.read_text()


def test_the_gateway_offers_no_dashboard_and_listens_on_loopback(tmp_path):
    servers.gateway(tmp_path, None, None).command({"web": 1234, "api": 1235})
    static = yaml.safe_load((tmp_path / "traefik.yml").read_text())
    assert static["api"] == {"dashboard": False, "insecure": False}
    assert [entry["address"] for entry in static["entryPoints"].values()] == ["127.0.0.1:1235", "127.0.0.1:1234"]


def test_database_names_are_short_distinct_and_clear_of_postgresqls_own():
    long = "a" * 63
    found = {databases.name_for(name) for name in ("postgres", "template1", long, long[:-1] + "b", "a-b")}
    assert len(found) == 5
    assert all(len(name) <= 63 and name.startswith("svc-") for name in found)


def test_a_database_url_keeps_odd_names_and_its_password(tmp_path):
    record = Record(tmp_path / "embedded.json")
    url = databases.url_for(record, "svc-a-b", 5432)
    assert url == f"postgresql+psycopg://svc-a-b:{record.password('svc-a-b')}@127.0.0.1:5432/svc-a-b"
    assert databases.url_for(record, "svc-a-b", 5432) == url

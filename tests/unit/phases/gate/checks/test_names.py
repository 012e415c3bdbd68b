import pytest

from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.decomposition import Decomposition
from sluice.model.domain import DomainModel
from sluice.model.service_map import Service, ServiceMap

COMPOSE = "services:\n  order-service:\n    build: ./order-service\n"
CODE = {"order-service/app/main.py": "x = 1"}


@pytest.fixture
def run_of(compute_check):
    """`run_of(files, title=…, mapped=…)`: findings of a run whose ServiceMap and contract say these names."""

    def judge(files, *, mapped="order-service", contracted="order-service", title="order-service"):
        services = ServiceMap(services=(Service(name=mapped, original_name=mapped),))
        document = {"openapi": "3.1.0", "info": {"title": title, "version": "1"}, "paths": {}}
        contract = RegisteredContract(
            name=f"{contracted}.openapi",
            service=contracted,
            kind="openapi",
            version="1",
            digest="",
            valid=True,
            document=document,
        )
        return compute_check(
            "NAME-001",
            files,
            services=["order-service"],
            run=True,
            decomposition=Decomposition(service_map=services, domain_model=DomainModel()),
            contracts=ContractSet(contracts=(contract,)),
        )

    return judge


@pytest.mark.req("R0-091")
def test_names_that_agree_everywhere_are_left_alone(run_of):
    files = {
        **CODE,
        "docker-compose.yml": COMPOSE
        + "    labels: ['traefik.http.routers.o.rule=PathPrefix(`/api/order-service`)']\n",
        "order-service/app/settings.py": 'import os\nNAME = os.getenv("SERVICE_NAME", "order-service")',
        "order-service/pyproject.toml": '[project]\nname = "order-service"\n',
    }
    assert run_of(files) == []


@pytest.mark.req("R0-091")
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docker-compose.yml", "services:\n  orders:\n    build: ./order-service\n  order-service: {image: x}\n"),
        ("docker-compose.yml", COMPOSE + "    labels: ['traefik.http.routers.o.rule=PathPrefix(`/api/orders`)']\n"),
        ("docker-compose.yml", COMPOSE + "    environment: {SERVICE_NAME: orders}\n"),
        ("order-service/app/settings.py", 'import os\nNAME = os.getenv("SERVICE_NAME", "orders")'),
        ("order-service/app/settings.py", 'class Settings:\n    service_name: str = "order_service"'),
        ("order-service/pyproject.toml", '[project]\nname = "orders"\n'),
    ],
)
def test_another_name_is_found_where_it_stands(run_of, path, text):
    findings = run_of({**CODE, path: text})
    assert [(finding.path, finding.service) for finding in findings] == [(path, "order-service")]


def test_the_contract_and_the_service_map_must_agree(run_of):
    assert len(run_of(CODE, title="Order Service")) == 1
    assert {finding.message.split(" says")[0] for finding in run_of(CODE, mapped="orders-service")} >= {"the contracts"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docker-compose.yml", "services:\n  order_service:\n    build: ./order-service\n"),
        ("docker-compose.yml", "services:\n  orders-service:\n    build: ./order-service\n"),
        ("order-service/app/settings.py", 'SERVICE_NAME = "ordr-service"'),
    ],
)
def test_without_a_run_a_slip_is_found(compute_check, path, text):
    assert [f.path for f in compute_check("NAME-001", {**CODE, path: text}, services=["order-service"])] == [path]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docker-compose.yml", "services:\n  web:\n    build: ./order-service\n"),
        ("order-service/pyproject.toml", '[project]\nname = "order_service"\n'),
        ("order-service/openapi.json", '{"openapi": "3.1.0", "info": {"title": "Order Service API"}, "paths": {}}'),
    ],
)
def test_without_a_run_names_that_are_simply_others_are_left_alone(compute_check, path, text):
    assert compute_check("NAME-001", {**CODE, path: text}, services=["order-service"]) == []

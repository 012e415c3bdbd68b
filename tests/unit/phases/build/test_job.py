"""What a builder is given: directory, configuration, environment."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from sluice.core import proc
from sluice.core.errors import InputError
from sluice.engine.phase import Context
from sluice.model.contract import RegisteredContract
from sluice.model.finding import Finding
from sluice.phases.build.attempt import build
from sluice.phases.build.builder import Builder
from sluice.phases.build.job import BuildJob, Workshop, builder_environment, generate_builder_config, invoke_builder
from sluice.phases.build.phase import open_workshop
from sluice.phases.build.state import parse_builder_state

SERVICE = "shop-service"
KEY = "sk-test-0123456789"

MakeContext = Callable[..., Context]
MakeShop = Callable[..., Workshop]


@pytest.mark.req("R0-051", "R0-052")
def test_the_configuration_names_contract_output_and_violations(make_shop: MakeShop) -> None:
    violation = Finding(check="LOG-001", layer=3, severity="error", message="print in a handler", service=SERVICE)
    job = BuildJob(shop=make_shop("honest"), service=SERVICE, attempt=2, violations=(violation,))

    config = json.loads(generate_builder_config(job).read_text())

    assert json.loads(Path(config["openapi"]).read_text()) == job.contracts()["openapi"]
    assert config["asyncapi"] is None
    assert list(Path(config["output_dir"]).iterdir()) == []
    assert config["state_file"] == str(job.directory / "STATE.JSON")
    assert config["violations"][0]["message"] == "print in a handler"
    assert (config["service"], config["attempt"]) == (SERVICE, 2)
    assert config["previous_output_dir"] == str(job.directory.with_name("attempt-1") / "output")
    assert config["builder"] == "command"


def test_an_event_contract_stands_beside_the_openapi_document(make_shop: MakeShop) -> None:
    shop = make_shop("honest")
    contracts = next(iter(shop.ctx.artifacts.items.values()))
    openapi = contracts.contracts[0]  # type: ignore[attr-defined]
    events = RegisteredContract.model_validate(
        openapi.model_dump() | {"name": f"{SERVICE}.asyncapi", "kind": "asyncapi", "document": {"asyncapi": "3.0.0"}}
    )
    shop.ctx.artifacts.items[type(contracts)] = contracts.model_copy(update={"contracts": (openapi, events)})

    config = json.loads(generate_builder_config(BuildJob(shop=shop, service=SERVICE)).read_text())

    assert json.loads(Path(config["asyncapi"]).read_text()) == {"asyncapi": "3.0.0"}


def test_nothing_of_an_interrupted_attempt_leaks_into_the_next(make_shop: MakeShop) -> None:
    job = BuildJob(shop=make_shop("resumes"), service=SERVICE)
    for _ in range(2):
        generate_builder_config(job)
        (job.output / "leftover.py").write_text("")
        job.state_file.write_text('{"status": "success"}')

    assert build(job).success
    assert not (job.shop.ctx.run.service(SERVICE) / "leftover.py").exists()
    kept = sorted(path.name for path in job.directory.parent.glob("attempt-1.old-*"))
    assert kept == ["attempt-1.old-1", "attempt-1.old-2"]


@pytest.mark.req("R0-002")
def test_a_builder_that_outlived_a_killed_run_is_ended_before_the_next_begins(make_shop: MakeShop) -> None:
    shop = make_shop("hang")
    job = BuildJob(shop=shop, service=SERVICE)
    config = generate_builder_config(job)
    argv = [str(part) for part in shop.builder.command(config, shop.ctx.settings)]
    log = shop.ctx.run.root / "log"
    left = proc.spawn(argv, name="left", run_id=shop.ctx.run.run_id, log=log, env=builder_environment(job))
    while not (job.directory / "tmp" / "ids.json").exists():
        threading.Event().wait(0.01)

    generate_builder_config(job)

    psutil.wait_procs([psutil.Process(left.pid)] if left.alive() else [], timeout=10)
    assert not left.alive()


def test_the_job_directory_tells_command_variable_names_and_exit_code(make_shop: MakeShop) -> None:
    job = BuildJob(shop=make_shop("exit-3"), service=SERVICE)

    invoke_builder(job, generate_builder_config(job))

    told = json.loads((job.directory / "command.json").read_text())
    assert told["command"][-1] == str(job.directory / "config.json")
    assert told["exit_code"] == 3
    assert {"PATH", "TMPDIR"} <= set(told["environment"])
    assert (job.directory / "stderr").read_text() == "it broke\n"


@pytest.mark.req("R0-150", "R0-002")
@pytest.mark.parametrize(
    ("named_by_settings", "expected"),
    [((), None), (("ANTHROPIC_API_KEY",), KEY), (("DATABASE_PASSWORD",), None)],
)
def test_a_key_reaches_a_builder_only_if_plugin_and_settings_name_it(
    named_by_settings: tuple[str, ...], expected: str | None, make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "DATABASE_PASSWORD", "SLUICE_SECRET", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, KEY)
    job = BuildJob(shop=make_shop("environment", builder_key_variables=named_by_settings), service=SERVICE)

    invoke_builder(job, generate_builder_config(job))

    seen = parse_builder_state(job.state_file).summary
    environment = seen["environment"]
    assert isinstance(environment, dict)
    assert environment.get("ANTHROPIC_API_KEY") == expected
    assert not {"DATABASE_PASSWORD", "SLUICE_SECRET", "AWS_SECRET_ACCESS_KEY"} & set(environment)
    assert KEY not in str(seen["argv"])
    job.state_file.unlink()
    assert not [path for path in job.directory.rglob("*") if path.is_file() and KEY in path.read_text()]


@pytest.mark.req("R0-150")
def test_a_key_that_the_builder_writes_down_is_masked_and_named(
    make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    shop = make_shop("leaks-key", builder_key_variables=("ANTHROPIC_API_KEY",))
    job = BuildJob(shop=shop, service=SERVICE)

    result = build(job)

    assert "wrote a key into app/main.py" in result.measured.problems
    assert "cannot go on with ***" in result.measured.problems[0]
    assert KEY not in result.model_dump_json()
    assert not [p for p in shop.ctx.run.root.rglob("*") if p.is_file() and KEY.encode() in p.read_bytes()]
    assert (job.directory / "stdout").read_text() == "using ***\n"


@pytest.mark.req("R0-150")
def test_a_command_with_a_key_in_it_is_refused(make_context: MakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    with pytest.raises(InputError, match="holds the value of OPENAI_API_KEY") as caught:
        open_workshop(make_context("honest", builder_command=("agent", f"--key={KEY}")))

    assert KEY not in str(caught.value)


@pytest.mark.req("R0-150")
def test_a_plugin_that_names_no_key_gets_none(make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    shop = make_shop("honest", builder_key_variables=("ANTHROPIC_API_KEY",))
    keyless = Builder(name="keyless", help="none", command=lambda _config, _settings: ["true"])
    job = BuildJob(
        shop=Workshop(ctx=shop.ctx, builder=keyless, scratch=shop.scratch, environment=shop.environment),
        service=SERVICE,
    )

    assert KEY not in builder_environment(job).values()

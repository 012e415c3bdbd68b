"""Phase 5 with the template builder, the sample's contracts and real servers."""

from contextlib import nullcontext
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from sluice.core.config import Settings
from sluice.core.files import canonical_json, digest, source_files
from sluice.core.paths import Workspace
from sluice.engine.phase import Artifacts, Context
from sluice.engine.stack import StackState
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.phases.build.phase import run
from sluice.services.architect.decompose import decompose

pytestmark = pytest.mark.slow


class Servers:
    """A stack whose databases run; nothing is deployed on it here."""

    def __init__(self, state):
        self._state = state

    def up(self):
        return self._state

    def state(self):
        return self._state


def registered(stub):
    return RegisteredContract(
        **stub.model_dump(), name=stub.name, digest=digest(canonical_json(stub.document)), valid=True
    )


@pytest.fixture(scope="module")
def contracts():
    prd = files("sluice.samples").joinpath("tasktracker.md").read_text(encoding="utf-8")
    stubs = decompose(prd).contract_stubs
    return ContractSet(contracts=tuple(sorted(map(registered, stubs), key=lambda contract: contract.name)))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("builders") / ".sluice").create()


@pytest.fixture(scope="module")
def context(workspace, contracts, postgres_url, redis_url):
    state = StackState(runtime="test", run_id="test", redis_url=redis_url, scratch_database=postgres_url)

    def made(run_id, emit=lambda *_args, **_data: None):
        return Context(
            workspace=workspace,
            run=workspace.run(run_id),
            settings=Settings(),
            stack=Servers(state),
            artifacts=Artifacts({ContractSet: contracts}),
            emit=emit,
            span=lambda _kind: nullcontext(),
        )

    return made


@pytest.fixture(scope="module")
def first(context):
    return run(context("20260101-000000-aaaaaa"))


def results_of(outcome):
    return outcome.artifacts[0].results


def contents(root: Path):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in source_files(root)}


@pytest.mark.req("R0-001", "R0-002", "R0-050", "R0-055", "R0-056")
def test_every_service_of_the_sample_is_built_and_measured_as_sound(first, contracts):
    results = results_of(first)

    assert first.refused == ""
    assert [result.service for result in results] == list(contracts.services)
    assert [result.measured.problems for result in results] == [()] * len(results)
    assert all(result.success and result.exit_code == 0 and result.attempt == 1 for result in results)


@pytest.mark.req("R0-055", "R0-080")
def test_their_own_tests_ran_with_the_real_servers_and_none_was_skipped(first):
    counts = [result.measured.tests for result in results_of(first)]

    assert all(count.passed == count.total > 10 for count in counts)
    assert not sum(count.skipped for count in counts)


@pytest.mark.req("R0-054")
def test_each_claim_names_the_files_and_a_summary(first, context):
    services = context("20260101-000000-aaaaaa").run

    for result in results_of(first):
        assert result.claim.status == "success"
        assert result.claim.summary
        assert sorted(result.claim.files) == sorted(contents(services.service(result.service)))


def test_two_runs_of_the_same_contracts_give_identical_bytes(first, context):
    other = context("20260101-000001-bbbbbb")
    second = run(other)

    for one, two in zip(results_of(first), results_of(second), strict=True):
        root = context("20260101-000000-aaaaaa").run.service(one.service)
        assert contents(root) == contents(other.run.service(two.service))
        assert one.measured.tree_digest == two.measured.tree_digest


@pytest.mark.usefixtures("first")
def test_a_resumed_phase_builds_only_the_service_whose_contract_changed(context, contracts):
    events = []
    ctx = context("20260101-000000-aaaaaa", lambda kind, *_args, **data: events.append((kind, data.get("service"))))
    changed = contracts.contracts[-1]
    document = {**changed.document, "info": {**changed.document["info"], "summary": "changed"}}
    newer = changed.model_copy(update={"document": document, "digest": digest(canonical_json(document))})
    every = ContractSet(contracts=(*contracts.contracts[:-1], newer))

    outcome = run(replace(ctx, artifacts=Artifacts({ContractSet: every})))

    assert outcome.refused == ""
    assert [service for kind, service in events if kind == "builder.started"] == [changed.service]
    kept = sorted(service for kind, service in events if kind == "builder.kept")
    assert kept == sorted(set(contracts.services) - {changed.service})

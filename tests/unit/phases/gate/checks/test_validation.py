import pytest

from sluice.core.errors import ServiceCallFailed
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.phases.gate.checks import validation
from sluice.phases.gate.registry import all_checks


def contract(name, *, valid=True):
    return RegisteredContract(
        name=name, service="svc", kind="openapi", version="1", digest="", valid=valid, document={}
    )


def row(name, validated_at):
    return {
        "name": name, "service": "svc", "kind": "openapi", "version": "1", "digest": "", "valid": bool(validated_at),
        "validated_at": validated_at,
    }  # fmt: skip


@pytest.fixture
def engine(monkeypatch):
    """An engine that lists the rows it is given."""

    def answer_with(rows):
        class Engine:
            def __init__(self, url):
                assert url == "http://127.0.0.1:1/mcp/"

            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

            def call(self, tool, _):
                assert tool == "list_contracts"
                if rows is None:
                    raise ServiceCallFailed("no answer")
                return {"contracts": rows}

        monkeypatch.setattr(validation, "McpServer", Engine)
        return {"contract_engine_url": "http://127.0.0.1:1"}

    return answer_with


@pytest.mark.req("R0-089")
def test_without_an_engine_the_run_is_the_evidence(compute_check):
    contracts = ContractSet(contracts=(contract("a.openapi"), contract("b.openapi", valid=False)))
    (finding,) = compute_check("DEAD-002", {}, services=[], contracts=contracts)
    assert "b.openapi" in finding.message


@pytest.mark.req("R0-089")
def test_the_engine_says_what_was_never_validated_or_was_lost(compute_check, engine):
    url = engine([row("a.openapi", "2026-01-01T00:00:00Z"), row("stray.openapi", None)])
    contracts = ContractSet(contracts=(contract("a.openapi"), contract("lost.openapi")))
    findings = compute_check("DEAD-002", {}, services=[], contracts=contracts, **url)
    assert [finding.message.split()[1] for finding in findings] == ["lost.openapi", "stray.openapi"]


def test_an_engine_that_does_not_answer_is_an_error_and_blocks(report, engine):
    contracts = ContractSet(contracts=(contract("a.openapi"),))
    result = report({}, services=[], contracts=contracts, checks=[all_checks()["DEAD-002"]], **engine(None))
    assert result.overall_verdict == "failed"
    assert "no answer" in result.reason

import pytest

from sluice.commands.contracts_list import list_contracts, rows
from sluice.commands.pipeline import Options
from sluice.core.errors import InputError
from sluice.engine.phase import Artifacts
from sluice.engine.store import Store
from sluice.model.build import BuilderResult, BuildResults, Measurement
from sluice.model.contract import ContractSet, RegisteredContract
from sluice.model.integration import IntegrationReport, OperationResult, ServiceCompliance

TREE, DOCUMENT = "sha256:" + "a" * 64, "sha256:" + "d" * 64


def contract(service, *, valid=True):
    return RegisteredContract(
        name=f"{service}.openapi",
        service=service,
        kind="openapi",
        version="1.0.0",
        digest=DOCUMENT,
        valid=valid,
        document={"openapi": "3.1.0"},
    )


def built(service):
    measured = Measurement(tree_digest=TREE)
    return BuilderResult(service=service, builder="b", status="success", success=True, measured=measured)


def test_each_contract_is_listed_with_the_last_state_that_the_phases_proved():
    contracts = ContractSet(contracts=(contract("a", valid=False), contract("b"), contract("c"), contract("d")))
    good = ServiceCompliance(service="d", operations=(OperationResult(operation="GET /", conforms=True),))
    artifacts = {
        ContractSet: contracts,
        BuildResults: BuildResults(results=(built("c"), built("d"))),
        IntegrationReport: IntegrationReport(compliance=(good,)),
    }
    listed = list(rows(Artifacts(artifacts)))
    assert [row["state"] for row in listed] == ["registered", "validated", "implemented", "verified-live"]
    assert [row["evidence"] for row in listed][:3] == [DOCUMENT, DOCUMENT, TREE]
    assert listed[3]["evidence"] not in {DOCUMENT, TREE}


def test_a_run_is_listed_without_its_stack(make_run, printed_json):
    paths = make_run()
    Store(paths).save(ContractSet(contracts=(contract("a"),)), {})
    assert list_contracts(Options(json=True)) == 0
    (row,) = printed_json()
    assert (row["name"], row["version"], row["state"], row["digest"]) == ("a.openapi", "1.0.0", "validated", DOCUMENT)


def test_a_run_without_contracts_lists_none_and_no_run_is_bad_input(printed_json, make_run):
    with pytest.raises(InputError, match="no run yet"):
        list_contracts(Options())
    make_run()
    assert list_contracts(Options(json=True)) == 0
    assert printed_json() == []


def test_people_see_short_digests(make_run, capsys):
    Store(make_run()).save(ContractSet(contracts=(contract("a"),)), {})
    assert list_contracts(Options()) == 0
    out = capsys.readouterr().out
    assert "d" * 12 in out
    assert "d" * 13 not in out

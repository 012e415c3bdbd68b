from data.library import running
from sluice.phases.deploy.asyncapi import consumptions, publications


def test_publications_carry_stream_payload_and_the_operations_that_cause_them() -> None:
    (found,) = publications(running.contracts())
    assert (found.event, found.service, found.address) == ("LoanOpened", "lending-service", "events.LoanOpened")
    assert found.hint.on == ("createLoan",)
    assert found.properties == ("loan_id", "member_id")


def test_the_payload_property_mapped_from_the_id_identifies_the_entity() -> None:
    (found,) = publications(running.contracts())
    assert found.key == "loan_id"


def test_a_payload_without_the_id_has_no_key() -> None:
    contracts = running.contracts()
    del contracts.of("lending-service", "asyncapi").document["operations"]["publishLoanOpened"]["x-sluice"]["values"]
    assert publications(contracts)[0].key == ""


def test_an_id_that_is_taken_as_it_is_is_the_key() -> None:
    contracts = running.contracts()
    document = contracts.of("lending-service", "asyncapi").document
    del document["operations"]["publishLoanOpened"]["x-sluice"]["values"]
    document["components"]["schemas"]["LoanOpened"]["properties"] = {"id": {"type": "string"}}
    assert publications(contracts)[0].key == "id"


def test_consumptions_carry_what_the_consumer_makes_of_it() -> None:
    (found,) = consumptions(running.contracts())
    assert (found.event, found.service, found.hint.creates) == ("LoanOpened", "reminder-service", "Reminder")


def test_contracts_without_events_give_none() -> None:
    contracts = running.contracts().model_copy(update={"contracts": (running.contract("accounts-service"),)})
    assert publications(contracts) == consumptions(contracts) == ()

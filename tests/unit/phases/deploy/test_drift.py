from copy import deepcopy

from data.library import running
from sluice.phases.deploy.drift import drift

CONTRACT = running.contract("lending-service")


def test_the_contract_itself_does_not_drift() -> None:
    assert drift(CONTRACT, CONTRACT.document) == ()


def test_a_service_that_describes_nothing_is_named() -> None:
    assert drift(CONTRACT, None) == ("the service serves no /openapi.json",)


def test_missing_and_extra_operations_are_sentences() -> None:
    own = deepcopy(CONTRACT.document)
    own["paths"]["/shelves"] = {"get": {"responses": {"200": {"description": "shelves"}}}}
    del own["paths"]["/books"]["get"]
    assert drift(CONTRACT, own) == (
        "GET /books is in the contract, not in /openapi.json",
        "GET /shelves is in /openapi.json, not in the contract",
    )


def test_statuses_and_properties_are_compared() -> None:
    own = deepcopy(CONTRACT.document)
    del own["paths"]["/books"]["post"]["responses"]["409"]
    own["components"]["schemas"]["Book"]["required"].remove("title")
    own["components"]["schemas"]["Book"]["properties"]["shelf"] = {"type": "string"}
    del own["components"]["schemas"]["LoanCreate"]["properties"]["days"]
    assert drift(CONTRACT, own) == (
        "GET /books: 200 response: property 'shelf' is in /openapi.json only",
        "GET /books: 200 response: required property 'title' is in the contract only",
        "POST /books: 201 response: property 'shelf' is in /openapi.json only",
        "POST /books: 201 response: required property 'title' is in the contract only",
        "POST /books: status 409 is in the contract only",
        "POST /loans: request: property 'days' is in the contract only",
    )

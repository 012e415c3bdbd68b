import json

import pytest

from data.library import running
from sluice.core.errors import ServiceCallFailed
from sluice.phases.deploy.asyncapi import publications
from sluice.phases.deploy.events import Bus, Entry, fault

PUBLICATION = publications(running.contracts())[0]
GOOD = {
    "id": "0b0f7cde-58c4-4ef4-a52c-6b6e45ff5a11",
    "type": "LoanOpened",
    "source": "lending-service",
    "time": "2026-01-01T00:00:00Z",
    "data": json.dumps(dict.fromkeys(("loan_id", "member_id"), "0b0f7cde-58c4-4ef4-a52c-6b6e45ff5a12")),
}


def test_an_entry_as_agreed_has_no_fault() -> None:
    assert fault(PUBLICATION, Entry(id="1-0", fields=GOOD)) == ""


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("id", "7", "field 'id' is not a UUID"),
        ("type", "Other", "field 'type' is 'Other', not 'LoanOpened'"),
        ("source", "me", "field 'source' is 'me', not 'lending-service'"),
        ("time", "soon", "field 'time' is not a RFC 3339 time"),
        ("data", "{", "field 'data' is not JSON"),
        ("data", '{"loan_id": "x"}', '"member_id" is a required property'),
        ("data", "[]", "is not of type"),
    ],
)
def test_each_fault_of_an_entry_is_named(field: str, value: str, expected: str) -> None:
    assert expected in fault(PUBLICATION, Entry(id="1-0", fields={**GOOD, field: value}))


def test_a_missing_field_is_a_fault() -> None:
    fields = {key: value for key, value in GOOD.items() if key != "time"}
    assert fault(PUBLICATION, Entry(id="1-0", fields=fields)) == "field 'time' is not a RFC 3339 time"


def test_a_bus_that_is_not_there_is_a_clear_failure() -> None:
    refused = pytest.raises(ServiceCallFailed, match="cannot read the event streams")
    with Bus(f"redis://127.0.0.1:{running.free_port()}/0") as bus, refused:
        bus.mark("events.LoanOpened")

import copy

import pytest

from sluice.commands.bench.specifications import specification
from sluice.commands.bench.topics.diff import EDITS
from sluice.services.contract_engine.changes.report import compare


@pytest.mark.parametrize(("name", "rules"), [
    ("itself", set()),
    ("one field less", {"property-removed"}),
    ("other names", set()),
    ("shorter texts everywhere", {"max-length-decreased"}),
])  # fmt: skip
def test_each_version_changes_what_its_name_says(name, rules):
    document = specification(0.05)
    found = compare(document, EDITS[name](copy.deepcopy(document)))
    assert {change.rule for change in found.changes} >= rules
    assert bool(found.changes) == bool(rules)

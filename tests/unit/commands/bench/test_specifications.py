import json

import pytest

from sluice.commands.bench.specifications import specification
from sluice.services.contract_engine.specs.validate import validate


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_the_large_document_is_valid_without_warnings_and_of_the_wanted_size(version):
    document = specification(0.3, version=version)
    assert 0.27e6 < len(json.dumps(document, indent=1)) < 0.33e6
    report = validate(document)[1]
    assert (report.valid, report.warnings) == (True, ())
    assert specification(0.3, version=version) == document

import pytest

from sluice.commands.bench.topics.growth import many_services_prd
from sluice.services.architect.decompose import decompose


@pytest.mark.parametrize("count", [3, 12])
def test_the_prd_of_many_services_reads_as_so_many(count):
    found = decompose(many_services_prd(count))
    services = [service.name for service in found.service_map.services]
    assert len(services) == len(found.domain_model.entities) == count
    assert services[:2] == ["account-service", "thing-a-service"]
    assert [len(service.endpoints) for service in found.service_map.services] == [2] + [3] * (count - 1)

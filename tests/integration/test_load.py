"""The Build 1 services under many clients at once, and a restart in the midst of it."""

import itertools
import signal
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from serving import ready
from sluice.commands.bench.topics.services import CLIENTS, FACES, load_of
from sluice.core import proc

pytestmark = pytest.mark.slow
SETTLED = 40
CONTRACTS = 160


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.module)
def test_64_clients_at_once_get_nothing_but_success(face, services):
    running = ready(services[face.module.replace("_", "-")])
    for load in load_of(face, running.url).values():
        assert load.failures == ()
        assert len(load.seconds) >= CLIENTS
        assert load.p99 > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_acknowledged_survives_a_restart_under_load(start, number):
    first = start("contract-engine")
    port = int(first.url.rsplit(":", 1)[1])
    acknowledged = itertools.count(1)

    def register(index):
        name = f"load-{index}"
        document = {"openapi": "3.1.0", "info": {"title": name, "version": "1.0.0"}, "paths": {}}
        body = {"name": f"{name}.openapi", "service": name, "kind": "openapi", "version": "1.0.0", "document": document}
        try:
            answer = httpx2.post(f"{first.url}/api/contracts", json=body, timeout=30)
        except httpx2.HTTPError:
            return None
        assert answer.status_code == httpx2.codes.CREATED, answer.text
        if next(acknowledged) == SETTLED:
            proc.stop(first.handle, first=number)
            start("contract-engine", port=port)
        return body["name"]

    with ThreadPoolExecutor(16) as pool:
        names = {name for name in pool.map(register, range(CONTRACTS)) if name}
    assert len(names) >= SETTLED
    with httpx2.Client() as client:
        kept = {name for name in names if client.get(f"{first.url}/api/contracts/{name}").is_success}
    assert kept == names

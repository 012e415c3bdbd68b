"""What the Codebase Intelligence finds in registered trees, and large artifacts sent while it is killed."""

import hashlib
import os
import signal

import httpx2
import psutil
import pytest

from serving import Starter
from sluice.commands import artifact
from sluice.commands.artifact import upload
from sluice.core.errors import ServiceCallFailed
from sluice.core.http import request_json

pytestmark = pytest.mark.slow
SIZE = 40 * 1024 * 1024 + 17


@pytest.fixture
def start(database_url, tmp_path, monkeypatch):
    """Starts the service with a data directory."""
    made = Starter(database_url, tmp_path, extra={"DATA_DIR": str(tmp_path / "data")})
    monkeypatch.setattr(artifact, "_FIRST_PAUSE_S", 0.01)
    yield made
    made.stop()


@pytest.fixture
def large(tmp_path):
    """A file of several parts."""
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_a_large_artifact_survives_a_kill_on_the_way_and_is_sent_once(start, large, monkeypatch):
    running = start("codebase-intelligence")
    step = artifact._Sender.step
    sent = []

    def counted(sender):
        offset, made = step(sender)
        sent.append(offset)
        if len(sent) == 2:
            os.kill(running.handle.pid, signal.SIGKILL)
            psutil.wait_procs([psutil.Process(running.handle.pid)] if psutil.pid_exists(running.handle.pid) else [])
        return offset, made

    monkeypatch.setattr(artifact._Sender, "step", counted)
    with pytest.raises(ServiceCallFailed):
        upload(running.url, large, service="big", path="model.bin")
    again = start("codebase-intelligence", port=int(running.url.rsplit(":", 1)[1]))
    before = psutil.Process(again.handle.pid).memory_info().rss
    made = upload(again.url, large, service="big", path="model.bin")
    assert psutil.Process(again.handle.pid).memory_info().rss - before < SIZE
    assert sent[2] > 2 * artifact.PART  # it went on where it had been
    digest = f"sha256:{hashlib.sha256(large.read_bytes()).hexdigest()}"
    assert (made["digest"], made["size"], made["language"]) == (digest, SIZE, "binary")
    answer = httpx2.get(f"{again.url}/api/codebase/artifacts/{digest}")
    assert answer.content == large.read_bytes()
    sent.clear()
    assert upload(again.url, large, service="other", path="copy.bin")["digest"] == digest
    assert sent == [SIZE]


def test_an_uploaded_source_file_is_indexed_and_wrong_parts_are_refused(start, tmp_path):
    running = start("codebase-intelligence")
    source = tmp_path / "Shop.java"
    source.write_text("package a;\nclass Shop { void open() {} }\n")
    assert upload(running.url, source, service="shop", path="src/Shop.java")["definitions"] == 2
    (found,) = request_json("GET", f"{running.url}/api/codebase/definitions?symbol=Shop.open")
    assert (found["symbol"], found["path"], found["line"]) == ("a.Shop.open", "src/Shop.java", 2)
    base = f"{running.url}/api/codebase/artifacts/uploads/upload-1"
    assert httpx2.put(base, content=b"12345").json() == {"id": "upload-1", "offset": 5}
    assert httpx2.head(base).headers["Upload-Offset"] == "5"
    assert httpx2.put(f"{base}?offset=3", content=b"x").status_code == 409
    body = {"service": "shop", "path": "a.bin", "digest": f"sha256:{'0' * 64}"}
    assert httpx2.post(f"{base}/commit", json=body).status_code == 409
    assert httpx2.head(base).status_code == 404
    assert httpx2.delete(base).status_code == 204


def test_registered_trees_are_asked_like_a_directory(start):
    running = start("codebase-intelligence")
    base = f"{running.url}/api/codebase"
    files = {
        "shop/__init__.py": "from .order import Order, Total as Sum\nfrom .money import *\n",
        "shop/order.py": "class Order:\n    def total(self): ...\nclass Total: ...\n",
        "shop/money.py": "class Coin: ...\n",
        "tests/test_order.py": "class Order: ...\n",
    }
    listed = [{"path": path, "content": content} for path, content in files.items()]
    request_json("PUT", f"{base}/trees/shop-service", json={"files": listed})

    def found(symbol):
        return [d["path"] for d in request_json("GET", f"{base}/definitions?symbol={symbol}")]

    assert found("Order") == ["shop/order.py", "tests/test_order.py"]
    assert found("shop.Order") == found("shop.Order.total") == found("shop/order.py:Order") == ["shop/order.py"]
    assert found("shop.Sum") == ["shop/order.py"]
    assert found("shop.Coin") == ["shop/money.py"]
    assert found("shop.money") == found("Nowhere") == []

"""RETRY-001 and TIMEOUT-001: calls that wait for ever, and loops that never give up."""

from typing import Final

from sluice.commands.gate_proof.edits import at_end, in_function, in_handler, new_file
from sluice.commands.gate_proof.mutation import Operator, variants

_RETRIES = {
    "endless loop around a call": at_end(
        """
        def fetch(client):
            §while True:
                try:
                    return client.get("/x", timeout=1)
                except ConnectionError:
                    continue
        """
    ),
    "with a pause": at_end(
        """
        def connect(driver):
            §while True:
                try:
                    return driver.connect()
                except OSError:
                    time.sleep(1)
        """,
        imports="import time",
    ),
    "while 1": at_end(
        """
        def login(session):
            §while 1:
                try:
                    session.login()
                    break
                except Exception:
                    pass
        """
    ),
    "asynchronous": at_end(
        """
        async def subscribe(bus):
            §while True:
                try:
                    return await bus.subscribe("x")
                except Exception:
                    await asyncio.sleep(0.5)
        """,
        imports="import asyncio",
    ),
    "tenacity without stop": at_end(
        """
        §@retry(wait=wait_fixed(1))
        def push(client):
            return client.post("/x", timeout=1)
        """,
        imports="from tenacity import retry, wait_fixed",
    ),
    "tenacity bare": at_end(
        """
        §@tenacity.retry
        def pull(client):
            return client.get("/x", timeout=1)
        """,
        imports="import tenacity",
    ),
    "tenacity that never stops": at_end(
        """
        §@retry(stop=stop_never, wait=wait_fixed(1))
        def reload(client):
            return client.get("/x", timeout=1)
        """,
        imports="from tenacity import retry, stop_never, wait_fixed",
    ),
    "backoff without a limit": at_end(
        """
        §@backoff.on_exception(backoff.expo, OSError)
        def ask(client):
            return client.get("/x", timeout=1)
        """,
        imports="import backoff",
    ),
    "counting for ever": at_end(
        """
        def send(client):
            §for attempt in itertools.count():
                try:
                    return client.post("/x", timeout=1)
                except OSError:
                    del attempt
        """,
        imports="import itertools",
    ),
    "calling itself": at_end(
        """
        def refresh(client):
            try:
                return client.get("/x", timeout=1)
            except OSError:
                §return refresh(client)
        """
    ),
    "flag that nobody clears": at_end(
        """
        def wait_for(database):
            connected = False
            §while not connected:
                try:
                    database.ping()
                    connected = True
                except OSError:
                    time.sleep(1)
        """,
        imports="import time",
    ),
}
_RETRY_TWINS = {
    "range": at_end(
        """
        def fetch_some(client):
            for attempt in range(5):
                try:
                    return client.get("/x", timeout=1)
                except OSError:
                    time.sleep(2**attempt)
            return None
        """,
        imports="import time",
    ),
    "counter in an endless loop": at_end(
        """
        def fetch_counted(client):
            tries = 0
            while True:
                try:
                    return client.get("/x", timeout=1)
                except OSError:
                    tries += 1
                    if tries >= 5:
                        raise
        """
    ),
    "deadline": at_end(
        """
        def fetch_until(client):
            end = time.monotonic() + 30
            while time.monotonic() < end:
                try:
                    return client.get("/x", timeout=1)
                except OSError:
                    time.sleep(1)
            return None
        """,
        imports="import time",
    ),
    "worker that stops when told": at_end(
        """
        def work(queue, stopped):
            while not stopped.is_set():
                try:
                    queue.get(timeout=1)()
                except LookupError:
                    continue
        """
    ),
    "reader to the end": at_end(
        """
        def chunks(stream):
            while True:
                block = stream.read(1024)
                if not block:
                    return
                yield block
        """
    ),
    "tenacity with stop": at_end(
        """
        @retry(stop=stop_after_attempt(3))
        def push_thrice(client):
            return client.post("/x", timeout=1)
        """,
        imports="from tenacity import retry, stop_after_attempt",
    ),
    "tenacity with a delay": at_end(
        """
        @tenacity.retry(stop=tenacity.stop_after_delay(30), wait=tenacity.wait_fixed(1))
        def push_for_a_while(client):
            return client.post("/x", timeout=1)
        """,
        imports="import tenacity",
    ),
    "backoff with a limit": at_end(
        """
        @backoff.on_exception(backoff.expo, OSError, max_tries=4)
        def ask_a_few_times(client):
            return client.get("/x", timeout=1)
        """,
        imports="import backoff",
    ),
    "recursion over a tree": at_end(
        """
        def depth(node):
            return 1 + max((depth(child) for child in node.children), default=0)
        """
    ),
    "text": in_function('note = "while True: try again"\ndel note'),
    "decreasing": at_end(
        """
        def fetch_left(client, left=3):
            while left:
                try:
                    return client.get("/x", timeout=1)
                except OSError:
                    left -= 1
            return None
        """
    ),
}
_WAITS = {
    "aiohttp without a limit": at_end(
        """
        async def ask_forever():
            §async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
                return await session.get("http://peer/x")
        """,
        imports="import aiohttp",
    ),
    "requests with verify only": in_handler(
        '§requests.delete("http://peer/x", verify=True, headers={})', imports="import requests"
    ),
    "low-level connection": in_function('§http.client.HTTPConnection("peer")', imports="import http.client"),
    "requests.get": in_handler('§requests.get("http://peer/x")', imports="import requests"),
    "requests.post under an alias": in_function('§r.post("http://peer/x", json={})', imports="import requests as r"),
    "name of the function": in_function('§post("http://peer/x", data=b"")', imports="from requests import post"),
    "requests.request": in_function('§requests.request("PUT", "http://peer/x")', imports="import requests"),
    "timeout None": in_function('§requests.get("http://peer/x", timeout=None)', imports="import requests"),
    "session": at_end(
        """
        peer = requests.Session()


        def ask_peer() -> int:
            return peer.get("http://peer/x").status_code
        """.replace("return peer", "§return peer"),
        imports="import requests",
    ),
    "httpx without a limit": in_function('§httpx.get("http://peer/x", timeout=None)', imports="import httpx"),
    "httpx client without a limit": at_end("§patient = httpx.Client(timeout=None)", imports="import httpx"),
    "httpx asynchronous client": at_end(
        """
        async def ask_slowly():
            §async with httpx.AsyncClient(timeout=None) as client:
                return await client.get("http://peer/x")
        """,
        imports="import httpx",
    ),
    "urlopen": in_handler('§urllib.request.urlopen("http://peer/x").read()', imports="import urllib.request"),
    "urlopen by name": in_function('§urlopen("http://peer/x")', imports="from urllib.request import urlopen"),
    "with statement": at_end(
        """
        def load() -> bytes:
            §with requests.get("http://peer/x", stream=True) as answer:
                return answer.content
        """,
        imports="import requests",
    ),
}
_WAIT_TWINS = {
    "number": in_handler('requests.get("http://peer/x", timeout=3)', imports="import requests"),
    "pair": in_function('requests.post("http://peer/x", timeout=(2, 10))', imports="import requests"),
    "constant": at_end(
        'PATIENCE = 4.0\n\n\ndef ask_once():\n    return requests.get("http://peer/x", timeout=PATIENCE)',
        imports="import requests",
    ),
    "httpx, which has a default": in_function('httpx.get("http://peer/x")', imports="import httpx"),
    "httpx client, which has a default": at_end("quick = httpx.AsyncClient()", imports="import httpx"),
    "httpx.Timeout": at_end("careful = httpx.Client(timeout=httpx.Timeout(5.0))", imports="import httpx"),
    "urlopen with timeout": in_function(
        'urllib.request.urlopen("http://peer/x", timeout=2)', imports="import urllib.request"
    ),
    "urlopen with a positional one": in_function(
        'urlopen("http://peer/x", None, 2)', imports="from urllib.request import urlopen"
    ),
    "get of a dictionary": in_function('value = {"a": 1}.get("a")\ndel value'),
    "route called get": at_end('def get(path: str) -> str:\n    return path\n\n\nHOME = get("/home")'),
    "keyword arguments": at_end(
        'LIMITS = {"timeout": 3}\n\n\ndef ask_limited():\n    return requests.get("http://peer/x", **LIMITS)',
        imports="import requests",
    ),
    "test": new_file(
        "tests/test_http.py", 'import requests\n\n\ndef test_it():\n    assert requests.get("http://127.0.0.1").ok'
    ),
    "exception of the library": at_end(
        "def is_slow(error: Exception) -> bool:\n    return isinstance(error, requests.Timeout)",
        imports="import requests",
    ),
}

OPERATORS: Final = (
    Operator(check="RETRY-001", plants=variants(_RETRIES), twins=variants(_RETRY_TWINS)),
    Operator(check="TIMEOUT-001", plants=variants(_WAITS), twins=variants(_WAIT_TWINS)),
)

"""The code index on the Python that is installed here, and the Codebase Intelligence alone under one client."""

import ast
import math
import os
import random
import shutil
import sys
import sysconfig
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from sluice.commands.artifact import upload
from sluice.commands.bench.figure import Figure, Topic, invoke
from sluice.core import proc
from sluice.core.environment import child_environment
from sluice.core.errors import EnvironmentFailure
from sluice.core.files import source_files
from sluice.core.http import poll_until_healthy
from sluice.core.mcp import McpServer
from sluice.core.ports import HOST, Ports
from sluice.model.base import JsonObject
from sluice.services.codebase_intelligence.index import CodeIndex

LINES: Final = 600_000
QUESTIONS: Final = 1_000
SERVED: Final = 200
GIGABYTE: Final = 1024**3
MIB: Final = 1024**2
START_TIMEOUT_S: Final = 60.0


def measure(directory: Path) -> Iterable[Figure]:
    """Indexing cold, after one change and not at all; finding in process and over MCP; a large artifact."""
    tree = directory / "tree"
    lines = copy_python(tree, LINES)
    walk = _seconds(lambda: _walk(tree))
    cold = invoke(directory, "code.index", str(tree)).seconds
    yield Figure(name=f"code.index of {lines} lines, cold, whole command", value=cold, unit="s", aim="<= 5")
    yield Figure(name="code.index / a walk of Python's own syntax trees", value=cold / walk, unit="x", aim="< 1")
    with CodeIndex(tree, directory / "cache") as index:
        index.refresh()
        changed = next(source_files(tree))
        changed.write_text(f"{changed.read_text()}\n\ndef changed_here(): ...\n", encoding="utf-8")
        yield Figure(name="index again after one change", value=_seconds(index.refresh), unit="s", aim="<= 0.3")
        taken = [_seconds(partial(index.find, [name])) for name in _names(index)]
        yield Figure(name="find in process: p99", value=1000 * percentile(taken, 0.99), unit="ms", aim="<= 5")
    with _service(directory) as (url, process):
        yield from _served(url, tree)
        yield from _sent(url, process, directory)


def copy_python(target: Path, lines: int) -> int:
    """Copy installed Python files until there are so many lines; how many there are."""
    total = 0
    for kind in ("stdlib", "purelib"):
        root = Path(sysconfig.get_path(kind))
        for path in source_files(root):
            if path.suffix != ".py" or (kind == "stdlib" and "site-packages" in path.parts):
                continue
            place = target / kind / path.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            total += path.read_bytes().count(b"\n")
            if total >= lines:
                return total
    return total


def percentile(values: Sequence[float], share: float) -> float:
    """The value at this share of the values, nearest rank."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _walk(tree: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in source_files(tree):
            with suppress(SyntaxError, ValueError):
                for _ in ast.walk(ast.parse(path.read_bytes())):
                    pass


def _names(index: CodeIndex) -> list[str]:
    """Simple, dotted and path names, in the frequency in which they are defined."""
    query = "SELECT name, qualified, path FROM symbols WHERE grouping = 0 ORDER BY path, line, qualified"
    rows = index.database.connection.execute(query).fetchall()
    chosen = random.Random(1).choices(rows, k=QUESTIONS)  # noqa: S311 - a sample, no secret
    return [(name, qualified, f"{path}:{qualified}")[at % 3] for at, (name, qualified, path) in enumerate(chosen)]


def _served(url: str, tree: Path) -> Iterator[Figure]:
    files = list(source_files(tree))[:: max(1, len(list(source_files(tree))) // SERVED)][:SERVED]
    with McpServer(f"{url}/mcp/") as server:
        for number, path in enumerate(files):
            text = path.read_text(encoding="utf-8", errors="replace").replace("\0", "")
            content = f"class Shop{number}: ...\n{text}"
            server.call("register_artifact", {"service": "bench", "path": f"f{number}.py", "content": content})
        asked: list[JsonObject] = [{"symbol": f"Shop{at % len(files)}"} for at in range(QUESTIONS // 2)]
        taken = [_seconds(partial(server.call, "find_definition", arguments)) for arguments in asked]
    yield Figure(name="find_definition over MCP: p99", value=1000 * percentile(taken, 0.99), unit="ms", aim="<= 15")


def _sent(url: str, process: psutil.Process, directory: Path) -> Iterator[Figure]:
    large = directory / "large.bin"
    with large.open("wb") as stream:
        for _ in range(GIGABYTE // MIB):
            stream.write(os.urandom(MIB))
    before = process.memory_info().rss
    seconds = _seconds(lambda: upload(url, large, service="bench", path="large.bin"))
    grown = (process.memory_info().rss - before) / MIB
    yield Figure(name="register an artifact of 1 GiB", value=seconds, unit="s", aim="-")
    yield Figure(name="memory that the service kept of it", value=grown, unit="MiB", aim="<= 64")


@contextmanager
def _service(directory: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = Ports().choose().port
    argv = [sys.executable, "-m", "sluice.services.codebase_intelligence", "--port", str(port)]
    log = directory / "service.log"
    env = child_environment({"DATA_DIR": str(directory / "large")})
    handle = proc.spawn(
        [*argv, "--data", str(directory / "data")], name="bench", run_id="", log=log, cwd=directory, env=env
    )
    try:
        url = f"http://{HOST}:{port}"
        if not poll_until_healthy(url, timeout=START_TIMEOUT_S).healthy:
            lines = log.read_text(encoding="utf-8").splitlines()
            raise EnvironmentFailure("the service did not start", details=lines[-10:])
        yield url, psutil.Process(handle.pid)
    finally:
        proc.stop(handle)


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


TOPIC: Final = Topic(name="code", help="the code index, its answers, and large artifacts", measure=measure)

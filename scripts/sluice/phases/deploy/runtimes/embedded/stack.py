"""The embedded stack: the health cascade, one process group for each server, state that survives this process."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import psutil
from pydantic import ValidationError

from sluice.core import postgres, proc
from sluice.core.config import Settings
from sluice.core.errors import InputError
from sluice.core.files import write_atomic
from sluice.core.paths import RunPaths, Workspace
from sluice.core.ports import HOST
from sluice.engine.stack import (
    ARCHITECT,
    BUILD1,
    CODEBASE_INTELLIGENCE,
    CONTRACT_ENGINE,
    Emit,
    ServiceStart,
    ServiceToRun,
    StackState,
)
from sluice.phases.deploy import databases
from sluice.phases.deploy.ledger import SECRET_MODE
from sluice.phases.deploy.runtimes.embedded import probes, servers, services
from sluice.phases.deploy.runtimes.embedded.deployment import Deployer
from sluice.phases.deploy.runtimes.embedded.record import Record, Server
from sluice.phases.deploy.runtimes.embedded.supervisor import Supervisor

NAME: Final = "embedded"
TABLE: Final = {ARCHITECT: 8001, CONTRACT_ENGINE: 8002, CODEBASE_INTELLIGENCE: 8003, "postgres": 5432, "redis": 6379}
CORE: Final = (probes.POSTGRES, probes.REDIS, *BUILD1)

T = TypeVar("T")


class EmbeddedStack:
    """Implements `engine.stack.Stack` with processes of this machine."""

    def __init__(self, workspace: Workspace, run: RunPaths, settings: Settings, emit: Emit) -> None:
        self._run = run
        self._settings = settings
        self._emit = emit
        self._record = Record(run.stack / "embedded.json")
        self._supervisor = Supervisor(
            run_id=run.run_id,
            logs=run.stack / "logs",
            record=self._record,
            emit=emit,
            timeout=settings.start_timeout_s,
        )
        self._deployer = Deployer(workspace, run, settings, self._supervisor)
        self._swept = False

    def up(self) -> StackState:
        """Start what does not run yet, tier by tier."""
        began = time.monotonic()
        before = dict(self._record.servers)
        self._run.stack.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._all_or_nothing():
            self._sweep()
            sql, _ = self._together([self._postgres, self._redis])
            self._together([lambda: self._build1(CONTRACT_ENGINE, sql), lambda: self._databases(sql)])
            self._together([partial(self._build1, name, sql) for name in (ARCHITECT, CODEBASE_INTELLIGENCE)])
        state = self._save(detached=False)
        if dict(self._record.servers) != before:
            seconds = round(time.monotonic() - began, 2)
            self._emit("stack.ready", f"stack up after {seconds:.1f} s", seconds=seconds)
        return state

    def deploy(self, services_to_run: Sequence[ServiceToRun]) -> tuple[ServiceStart, ...]:
        """Start the generated services and the gateway, once `up` is sure of the rest."""
        for service in services_to_run:
            self._run.service(service.name)
        state = self.up()
        with self._all_or_nothing():
            starts = self._deployer.deploy(services_to_run, state, self._together)
        self._save(detached=False)
        return starts

    def state(self) -> StackState | None:
        """The stored state while PostgreSQL, Redis and the Build 1 services live."""
        known = self._record.servers
        if not all(name in known and known[name].handle.alive() for name in CORE):
            return None
        try:
            return StackState.model_validate_json(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValidationError):
            return None

    def status(self) -> dict[str, str]:
        """How each server is that was started and not stopped, and that the core ones are stopped when they are."""
        found = dict.fromkeys(CORE, "stopped")
        for name, server in self._record.servers.items():
            running = "unhealthy" if probes.problem(server, self._record.memory) else "running"
            found[name] = running if server.handle.alive() else "stopped"
        return found

    def memory(self) -> dict[str, int]:
        """What each server uses with its children; shared pages count by their share."""
        used = {}
        for name, server in self._record.servers.items():
            with suppress(psutil.Error):
                parent = psutil.Process(server.pid)
                used[name] = sum(map(proc.memory, [parent, *parent.children(recursive=True)]))
        return used

    def logs(self, name: str, *, lines: int = 20) -> list[str]:
        """The last lines of a server's output."""
        known = sorted(path.stem for path in self._supervisor.logs.glob("*.log"))
        if name not in known:
            hint = f"there are: {', '.join(known)}" if known else "start it first: `invoke up`"
            raise InputError(f"no server or service {name!r} was started", hint=hint)
        return self._supervisor.last_lines(name, lines)

    def detach(self) -> None:
        """Mark the stack as one that shall stay."""
        if self.state():
            self._save(detached=True)

    def down(self) -> list[str]:
        """End every process of this run, dependents first."""
        ended: list[str] = []
        own = [name for name in self._record.servers if name not in CORE]
        for tier in ([servers.GATEWAY], own, BUILD1, (probes.REDIS, probes.POSTGRES)):
            names = [name for name in tier if name in self._record.servers]
            if names:
                with ThreadPoolExecutor(len(names)) as pool:
                    stopped = pool.map(self._supervisor.stop, names)
                    ended += [name for name, alive in zip(names, stopped, strict=True) if alive]
        ended += proc.reap(self._run.run_id)
        self._state_file.unlink(missing_ok=True)
        if ended:
            self._emit("stack.stopped", f"stack stopped: {', '.join(ended)}", ended=ended)
        return ended

    @property
    def _state_file(self) -> Path:
        return self._run.stack / "state.json"

    def _sweep(self) -> None:
        """Once: end what a dead process of this run left behind and cannot be used any more."""
        if self._swept:
            return
        known = self._record.servers
        alive = {name: server.pid for name, server in known.items() if server.handle.alive()}
        usable = alive if {probes.POSTGRES, probes.REDIS} <= alive.keys() else {}
        ended = proc.reap(self._run.run_id, keep=usable.values())
        for name in [name for name in known if name not in usable]:
            self._record.drop(name)
        if ended:
            self._emit("stack.swept", f"ended leftovers of an earlier process: {', '.join(ended)}", ended=ended)
        self._swept = True

    def _wanted(self, name: str) -> int | None:
        return TABLE[name] if self._settings.ports == "fixed" else None

    def _postgres(self) -> Server:
        memory = self._record.memory
        place = postgres.place(memory.cluster, self._run.stack / "postgres", self._run.run_id)
        self._record.place_cluster(str(place.home))
        if not place.is_made:
            if memory.roles:
                lost = f"the databases of this run are gone from {memory.cluster}; starting with empty ones"
                self._emit("warning", lost)
            began = time.monotonic()
            interrupted = self._supervisor.interrupted
            place.make(memory.postgres_password, run_id=self._run.run_id, cancelled=interrupted.is_set)
            seconds = round(time.monotonic() - began, 2)
            self._emit("postgres.made", f"database cluster made in {seconds:.1f} s", seconds=seconds)
        if probes.POSTGRES not in self._record.servers:
            place.forget_dead_server()
        return self._supervisor.ensure(servers.postgres(place, self._wanted(probes.POSTGRES)))

    def _redis(self) -> Server:
        home = self._run.stack / "redis"
        home.mkdir(parents=True, exist_ok=True)
        password = self._record.memory.redis_password
        return self._supervisor.ensure(servers.redis(home, password, self._wanted(probes.REDIS)))

    def _databases(self, sql: Server) -> None:
        for name in (ARCHITECT, CODEBASE_INTELLIGENCE):
            databases.ensure_for(self._record, databases.name_for(name, "build1"), sql.port)
        databases.ensure_for(self._record, databases.SCRATCH, sql.port, may_create=True)

    def _build1(self, name: str, sql: Server) -> Server:
        home = self._run.stack / "data" / name
        home.mkdir(parents=True, exist_ok=True)
        url = databases.ensure_for(self._record, databases.name_for(name, "build1"), sql.port)
        return self._supervisor.ensure(services.build1(name, home, url, self._wanted(name)))

    def _save(self, *, detached: bool) -> StackState:
        memory, known = self._record.memory, self._record.servers
        sql, redis = known[probes.POSTGRES], known[probes.REDIS]
        own = [name for name in known if name not in CORE and name != servers.GATEWAY]
        gateway = known.get(servers.GATEWAY)
        state = StackState(
            runtime=NAME,
            run_id=self._run.run_id,
            services={name: known[name].url for name in (*BUILD1, *own)},
            gateway_url=f"http://{HOST}:{gateway.ports['web']}" if gateway else "",
            redis_url=f"redis://:{memory.redis_password}@{HOST}:{redis.port}/0",
            databases={name: databases.url_for(self._record, databases.name_for(name), sql.port) for name in own},
            scratch_database=databases.url_for(self._record, databases.SCRATCH, sql.port),
            jwt_secret=memory.jwt_secret,
            detached=detached,
        )
        write_atomic(self._state_file, state.model_dump_json(indent=1), mode=SECRET_MODE)
        return state

    def _together(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """Run jobs at the same time; the first failure, or ^C, makes the others give up."""
        pool = ThreadPoolExecutor(max(1, len(jobs)))
        try:
            futures = [pool.submit(job) for job in jobs]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            self._supervisor.interrupted.set()
            raise
        finally:
            pool.shutdown()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._supervisor.interrupted.clear()
        try:
            yield
        except BaseException:
            self._supervisor.interrupted.set()
            self.down()
            raise

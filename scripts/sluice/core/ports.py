"""Ports on 127.0.0.1: the wanted one where it can be had, else a free one and the reason."""

import errno
import random
import socket
import threading
from dataclasses import dataclass, field

import psutil

from sluice.core.errors import EnvironmentFailure

HOST = "127.0.0.1"
# Below the range from which kernels take the local ports of outgoing connections.
_FREE_RANGE = range(20000, 32000)
_TRIES = 200


@dataclass(frozen=True)
class Choice:
    """A port, and why it is not the wanted one ('' when it is, or when none was wanted)."""

    port: int
    reason: str = ""


@dataclass
class Ports:
    """Chooses ports, never the same one twice; thread-safe.

    Another process can still take a chosen port before it is bound: who binds must look, and choose again.
    """

    _given: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(default_factory=random.SystemRandom)

    def choose(self, wanted: int | None = None) -> Choice:
        """The wanted port, or a free one.

        Raises:
            EnvironmentFailure: no free port was found.
        """
        with self._lock:
            reason = ""
            if wanted is not None:
                reason = "is in use here already" if wanted in self._given else obstacle(wanted)
                if not reason:
                    return self._give(Choice(wanted))
            for port in self._random.choices(_FREE_RANGE, k=_TRIES):
                if port not in self._given and not obstacle(port):
                    return self._give(Choice(port, reason and f"port {wanted} {reason}"))
        raise EnvironmentFailure("no free port on 127.0.0.1", hint="end other servers of this machine")

    def release(self, port: int) -> None:
        """Make the port available again."""
        with self._lock:
            self._given.discard(port)

    def _give(self, choice: Choice) -> Choice:
        self._given.add(choice.port)
        return choice


def obstacle(port: int) -> str:
    """Why this process cannot listen on the port, '' when it can."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT does not matter
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return "needs privileges"
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return ""


def listens(pid: int, port: int) -> bool:
    """Whether this very process listens on the port, so that nobody else's answer is mistaken for its own."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port for c in connections)

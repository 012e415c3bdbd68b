"""Whether a server of the stack lives, listens itself and answers; every answer is one phrase, '' when all is well."""

import http.client
import socket
from contextlib import suppress
from typing import Final

from sluice.core.ports import HOST, listens
from sluice.phases.deploy import databases
from sluice.phases.deploy.runtimes.embedded.record import Memory, Server

POSTGRES: Final = "postgres"
REDIS: Final = "redis"
_PATIENCE_S = 2.0


def problem(server: Server, memory: Memory) -> str:
    """What is wrong with a server that was started."""
    if not server.handle.alive():
        return "it ended"
    if not all(listens(server.pid, port) for port in server.ports.values()):
        return "it does not listen"
    if server.probe == POSTGRES:
        return databases.problem(memory.postgres_password, server.port)
    if server.probe == REDIS:
        return redis_problem(server.port, memory.redis_password)
    return http_problem(server.port, server.probe)


def http_problem(port: int, path: str) -> str:
    """What is wrong with a GET of this path; right is 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{path} does not answer ({type(error).__name__})"
    finally:
        connection.close()
    return "" if status == http.client.OK else f"{path} answers {status}"


def redis_problem(port: int, password: str) -> str:
    """What is wrong with the answer to PING."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=_PATIENCE_S) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answer = b""
        while not answer.endswith(b"+PONG\r\n"):
            chunk = connection.recv(256)
            if not chunk or chunk.startswith(b"-"):
                return f"it answers {chunk.decode('utf-8', 'replace').strip() or 'nothing'}"
            answer += chunk
        return ""
    return "it does not answer"

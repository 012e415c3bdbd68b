"""PROBE-001, ROOT-001 and PRIV-001: how containers are probed and run."""

from typing import Final

from sluice.commands.gate_proof.compose_edits import in_block, in_compose, swap_compose
from sluice.commands.gate_proof.edits import anywhere, at_end, both, in_function, new_file, swap
from sluice.commands.gate_proof.mutation import Edit, Operator, variants

_HEALTH = r"^HEALTHCHECK(?:.*\\\n)*.*$"
_USER = r"^USER .*$"


def _docker(pattern: str, replacement: str) -> Edit:
    return swap(pattern, replacement, "Dockerfile")


def _probe(command: str) -> Edit:
    return _docker(_HEALTH, f"§HEALTHCHECK {command}")


def _healthcheck(test: str) -> Edit:
    return in_compose(f"healthcheck:\n  interval: 10s\n  test: {test}", drop="healthcheck")


def _root(replacement: str) -> Edit:
    """No finding needs to point at a line that is not there: any line of the Dockerfile will do."""
    return anywhere(_docker(_USER, replacement), "Dockerfile")


def _pod(text: str) -> Edit:
    head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  template:\n    spec:\n"
    return new_file("deploy/pod.yaml", head + text)


_PROBES = {
    "curl": _probe("CMD curl --fail http://localhost:8080/health || exit 1"),
    "exec form": _probe('CMD ["curl", "-f", "http://localhost:8080/health"]'),
    "wget": _probe("--interval=5s CMD wget -q -O- localhost:8080/health"),
    "https": _probe("CMD curl -k https://localhost/health"),
    "python": _probe("CMD python -c \"import urllib.request as u; u.urlopen('http://localhost:8080/health')\""),
    "continued line": _docker(
        _HEALTH, r"HEALTHCHECK --interval=10s \\\n    --timeout=3s \\\n§    CMD curl -f http://localhost:8080/health"
    ),
    "netcat": _probe("CMD nc -z localhost 8080"),
    "capitals": _probe("CMD curl -f http://LOCALHOST:8080/health"),
}
_COMPOSE_PROBES = {
    "compose list": _healthcheck('§["CMD", "curl", "-f", "http://localhost:8080/health"]'),
    "compose shell": _healthcheck("§curl -f http://localhost:8080/health || exit 1"),
    "compose shell list": _healthcheck('§["CMD-SHELL", "wget -q --spider http://localhost:8080/health"]'),
    "compose block list": _healthcheck("\n    - CMD\n    - curl\n§    - http://localhost:8080/health"),
}
_POD_PROBES = {
    "pod": _pod(
        "      containers:\n        - name: x\n          livenessProbe:\n            exec:\n"
        '§              command: ["curl", "http://localhost:8080/health"]'
    ),
}
_PROBE_TWINS = {
    "address": _probe("CMD curl --fail http://127.0.0.1:8080/health"),
    "IPv6 address": _probe("CMD curl --fail http://[::1]:8080/health"),
    "another host that begins so": _probe("CMD curl --fail http://localhost.example.com/health"),
    "part of a word": _probe("CMD /opt/not-localhost/probe"),
    "comment above": _docker(_HEALTH, r"# not localhost: it may be ::1\n\g<0>"),
    "environment": _docker(_HEALTH, r"ENV ADMIN_HOST=localhost\n\g<0>"),
    "start command": _docker(r"^(EXPOSE .*)$", r"\1\nRUN echo http://localhost:8080/health > /etc/motd"),
    "code that is no probe": in_function('home = "http://localhost:3000"\ndel home'),
    "README": new_file("README.txt", "curl http://localhost:8080/health"),
}
_COMPOSE_PROBE_TWINS = {
    "compose address": _healthcheck('["CMD", "curl", "-f", "http://127.0.0.1:8080/health"]'),
    "compose environment": swap_compose(
        r"^    environment:\n(?=      \w)", "    environment:\n      PUBLIC_URL: http://localhost:8080\n"
    ),
}
_ROOTS = {
    "no user": _root("# USER app"),
    "root by name": _root("§USER root"),
    "root by number": _root("§USER 0"),
    "root with a group": _root("§USER root:root"),
    "numbers": _root("§USER 0:0"),
    "back to root": _root(r"\g<0>\n§USER root"),
    "by argument": _root("ARG RUN_AS=root\n§USER ${RUN_AS}"),
    "lower case": _root("§user root"),
    "user only in another stage": anywhere(
        both(_docker(rf"{_USER}\n", ""), _docker(r"^(FROM \S+)", r"FROM alpine:3.20 AS tools\nUSER 1000\n\n\1")),
        "Dockerfile",
    ),
    "in a heredoc only": _root("RUN <<EOF\nUSER app\nEOF"),
}
_COMPOSE_ROOTS = {
    "compose by name": in_block(in_compose("§user: root", drop="user")),
    "compose by number": in_block(in_compose('§user: "0"', drop="user")),
    "compose with a group": in_block(in_compose('§user: "0:0"', drop="user")),
}
_ROOT_TWINS = {
    "number": _docker(_USER, "USER 65532"),
    "name and group": _docker(_USER, "USER app:app"),
    "name that begins so": _docker(_USER, "USER rootless"),
    "root first, for a while": _docker(_USER, "USER root\nRUN true\nUSER 10001"),
    "argument": _docker(_USER, "ARG RUN_AS=10001\nUSER ${RUN_AS}"),
    "lower case": _docker(_USER, "user nobody"),
    "root in another stage": _docker(r"^(FROM \S+)", r"FROM alpine:3.20 AS tools\nUSER root\nRUN true\n\n\1"),
    "rights dropped at the start": _docker(_USER, 'ENTRYPOINT ["gosu", "app", "/entry"]'),
    "image of tests": new_file("Dockerfile.test", "FROM python:3.12.4-slim\nUSER root\nCMD pytest"),
}
_COMPOSE_ROOT_TWINS = {"compose names another": in_compose('user: "10001:10001"', drop="user")}
_DANGERS = {
    "privileged": in_compose("§privileged: true"),
    "host network": in_compose("§network_mode: host", drop="networks"),
    "host processes": in_compose("§pid: host"),
    "host IPC": in_compose('§ipc: "host"'),
    "engine's socket": in_compose("volumes:\n§  - /var/run/docker.sock:/var/run/docker.sock"),
    "engine's socket, writable": in_compose("volumes:\n§  - /run/docker.sock:/var/run/docker.sock:rw"),
    "engine's socket, long form": in_compose(
        "volumes:\n  - type: bind\n§    source: /var/run/docker.sock\n    target: /var/run/docker.sock"
    ),
    "all capabilities": in_compose("§cap_add: [ALL]", drop="cap_add cap_drop"),
    "system administration": in_compose("cap_add:\n§  - SYS_ADMIN", drop="cap_add"),
    "root of the host": in_compose("volumes:\n§  - /:/host"),
    "no confinement": in_compose('§security_opt: ["seccomp:unconfined"]', drop="security_opt"),
    "privileged as a word": in_compose("§privileged: yes"),
}
_POD_DANGERS = {
    "pod privileged": _pod(
        "      containers:\n        - name: x\n          securityContext:\n§            privileged: true"
    ),
    "pod with the host's network": _pod("§      hostNetwork: true\n      containers:\n        - name: x"),
}
_DANGER_TWINS = {
    "not privileged": in_compose("privileged: false"),
    "bridge": in_compose("network_mode: bridge", drop="networks labels"),
    "private processes": in_compose("ipc: private"),
    "engine's socket to read": in_compose("volumes:\n  - /var/run/docker.sock:/var/run/docker.sock:ro"),
    "socket of something else": in_compose("volumes:\n  - ./run/app.sock:/run/app.sock"),
    "low port": in_compose("cap_add: [NET_BIND_SERVICE]", drop="cap_add"),
    "no new privileges": in_compose('security_opt: ["no-new-privileges:true"]', drop="security_opt"),
    "volume of its own": in_compose("volumes:\n  - ./data:/var/lib/data:ro"),
    "label": swap_compose(r"^    labels:\n(?=      \w)", '    labels:\n      note: "privileged: true"\n'),
    "comment": in_compose("# privileged: true"),
}
_POD_DANGER_TWINS = {
    "pod without privileges": _pod(
        "      hostNetwork: false\n      containers:\n        - name: x\n          securityContext:\n"
        "            privileged: false\n            allowPrivilegeEscalation: false"
    ),
    "code": at_end("OPTIONS = {'privileged': True, 'network_mode': 'host'}"),
}

OPERATORS: Final = (
    Operator(
        check="PROBE-001",
        plants=(*variants(_PROBES), *variants(_COMPOSE_PROBES, touches="compose"), *variants(_POD_PROBES)),
        twins=(*variants(_PROBE_TWINS), *variants(_COMPOSE_PROBE_TWINS, touches="compose")),
    ),
    Operator(
        check="ROOT-001",
        plants=(*variants(_ROOTS, needs="folder"), *variants(_COMPOSE_ROOTS, touches="compose")),
        twins=(*variants(_ROOT_TWINS, needs="folder"), *variants(_COMPOSE_ROOT_TWINS, touches="compose")),
    ),
    Operator(
        check="PRIV-001",
        plants=(*variants(_DANGERS, touches="compose", also="ORPHAN-001"), *variants(_POD_DANGERS)),
        twins=(*variants(_DANGER_TWINS, touches="compose"), *variants(_POD_DANGER_TWINS)),
    ),
)

"""DOCKER-001 and DOCKER-002: health checks that do not count, and bases that move."""

from typing import Final

from sluice.commands.gate_proof.edits import anywhere, both, new_file, swap
from sluice.commands.gate_proof.mutation import Edit, Operator, variants

_HEALTH = r"^HEALTHCHECK(?:.*\\\n)*.*$"
_FROM = r"^FROM \S+"
_LAST_FROM = r"^FROM \S+(?![\s\S]*^FROM )"


def _docker(pattern: str, replacement: str) -> Edit:
    return swap(pattern, replacement, "Dockerfile")


def _no_health(edit: Edit) -> Edit:
    """The finding may stand at the last FROM or wherever the health check was."""
    return anywhere(edit, "Dockerfile")


_PLANTS_001 = {
    "removed": _no_health(_docker(rf"{_HEALTH}\n", "")),
    "commented out": _no_health(_docker(_HEALTH, "# HEALTHCHECK CMD curl --fail http://127.0.0.1:8080/health")),
    "switched off": _no_health(_docker(_HEALTH, "HEALTHCHECK NONE")),
    "switched off in lower case": _no_health(_docker(_HEALTH, "healthcheck none")),
    "switched off afterwards": _no_health(_docker(rf"({_HEALTH})", r"\1\nHEALTHCHECK NONE")),
    "inside a heredoc": _no_health(_docker(_HEALTH, "RUN <<EOF\necho start\nHEALTHCHECK CMD true\nEOF")),
    "in a continued command": _no_health(_docker(_HEALTH, "RUN echo one \\\\\n    HEALTHCHECK CMD true")),
    "in a label": _no_health(_docker(_HEALTH, 'LABEL note="HEALTHCHECK CMD curl http://127.0.0.1/health"')),
    "only for builds on top": _no_health(_docker(_HEALTH, "ONBUILD HEALTHCHECK CMD true")),
    "in a stage that is not shipped": _no_health(
        both(
            _docker(rf"{_HEALTH}\n", ""),
            _docker(rf"({_FROM})", r"FROM python:3.12.4-slim AS checked\nHEALTHCHECK CMD true\n\n\1"),
        )
    ),
}
_TWINS_001 = {
    "exec form": _docker(_HEALTH, 'HEALTHCHECK CMD ["/probe", "--port", "8080"]'),
    "lower case": _docker(_HEALTH, "healthcheck cmd /probe"),
    "continued with a comment between": _docker(
        _HEALTH, "HEALTHCHECK --interval=5s \\\\\n    # as often as the gateway asks\n    CMD /probe"
    ),
    "first NONE, then a real one": _docker(_HEALTH, "HEALTHCHECK NONE\nHEALTHCHECK CMD /probe"),
    "the word NONE in a command": _docker(_HEALTH, 'HEALTHCHECK CMD ["/probe", "--proxy", "NONE"]'),
    "early in the file": both(
        _docker(rf"{_HEALTH}\n", ""), _docker(rf"({_LAST_FROM}.*)$", r"\1\nHEALTHCHECK CMD /probe")
    ),
    "inherited from a stage": both(
        _docker(rf"({_HEALTH})", r"\1\n\nFROM runtime-base"),
        _docker(rf"({_FROM})(?: AS \w+)?(?=[\s\S]*^FROM runtime-base)", r"\1 AS runtime-base"),
    ),
    "image of tests": new_file("Dockerfile.test", 'FROM python:3.12.4-slim\nCMD ["pytest"]'),
    "image of development": new_file("Dockerfile.dev", "FROM python:3.12.4-slim\nCMD uvicorn app.main:app --reload"),
}
_PLANTS_002 = {
    "latest behind an argument of the registry": _docker(
        _FROM, "ARG REGISTRY=registry.example.com\n§FROM ${REGISTRY}/python:latest"
    ),
    "with quotes": _docker(_FROM, 'ARG IMAGE="python:latest"\n§FROM ${IMAGE}'),
    "latest": _docker(_FROM, "§FROM python:latest"),
    "no tag": _docker(_FROM, "§FROM python"),
    "no tag behind a registry": _docker(_FROM, "§FROM registry.example.com:5000/base/python"),
    "latest behind a registry": _docker(_FROM, "§FROM ghcr.io/example/python:latest"),
    "other platform": _docker(_FROM, "§FROM --platform=linux/amd64 python:latest"),
    "lower case": _docker(_FROM, "§from python:latest"),
    "argument with a moving default": _docker(_FROM, "ARG TAG=latest\n§FROM python:${TAG}"),
    "argument as the whole image": _docker(_FROM, "ARG IMAGE=python\n§FROM $IMAGE"),
    "default inside the reference": _docker(_FROM, "§FROM python:${VERSION:-latest}"),
    "copied from": _docker(r"^(EXPOSE .*)$", r"§COPY --from=nginx:latest /etc/nginx/mime.types /etc/\n\1"),
    "copied from without tag": _docker(r"^(EXPOSE .*)$", r"§COPY --chmod=755 --from=busybox /bin/busybox /bin/\n\1"),
    "earlier stage": _docker(_FROM, r"§FROM node:latest AS assets\nRUN npm ci\n\n\g<0>"),
}
_COMPOSE_002 = {
    "another Dockerfile": new_file(
        "Dockerfile.worker", '§FROM python:latest\nUSER 10001\nHEALTHCHECK CMD true\nCMD ["x"]'
    ),
    "containerfile": new_file("Containerfile", "§FROM debian\nUSER 10001\nHEALTHCHECK CMD true\nCMD x"),
}
_TWINS_002 = {
    "tag": _docker(_FROM, "FROM python:3.12.4-slim-bookworm"),
    "digest without tag": _docker(_FROM, f"FROM python@sha256:{'ab' * 32}"),
    "latest with a digest": _docker(_FROM, f"FROM python:latest@sha256:{'cd' * 32}"),
    "port of a registry and a tag": _docker(_FROM, "FROM registry.example.com:5000/base/python:3.12"),
    "argument with a tag": _docker(_FROM, "ARG TAG=3.12-slim\nFROM python:${TAG}"),
    "argument with default inside": _docker(_FROM, "FROM python:${VERSION:-3.12-slim}"),
    "scratch": new_file("Dockerfile.data", 'FROM scratch\nCOPY data /data\nUSER 10001\nHEALTHCHECK CMD ["/probe"]'),
    "stage used twice": both(
        _docker(_FROM, r"FROM alpine:3.20 AS tools\nRUN true\n\n\g<0>"),
        _docker(r"^(EXPOSE .*)$", r"COPY --from=tools /bin/true /bin/true\nCOPY --from=0 /bin/false /bin/false\n\1"),
    ),
    "comment": _docker(_FROM, r"# not FROM python:latest\n\g<0>"),
    "copied from a pinned image": _docker(
        r"^(EXPOSE .*)$", r"COPY --from=nginx:1.27.1 /etc/nginx/mime.types /etc/\n\1"
    ),
    "word in a command": _docker(r"^(EXPOSE .*)$", r'LABEL channel="latest"\nRUN echo FROM python:latest\n\1'),
    "heredoc": _docker(r"^(EXPOSE .*)$", r"COPY <<EOF /etc/note\nFROM python:latest\nEOF\n\1"),
}

OPERATORS: Final = (
    Operator(
        check="DOCKER-001",
        plants=variants(_PLANTS_001),
        twins=variants(_TWINS_001),
    ),
    Operator(
        check="DOCKER-002",
        plants=(*variants(_PLANTS_002), *variants(_COMPOSE_002)),
        twins=variants(_TWINS_002),
    ),
)

import pytest

CHECKED = "FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://127.0.0.1:8080/health\n"
WITHOUT_HEALTHCHECK = {
    "none": "FROM python:3.12\nCMD x\n",
    "switched off": "FROM python:3.12\nHEALTHCHECK NONE\n",
    "switched off later": CHECKED + "HEALTHCHECK NONE\n",
    "in another stage": CHECKED.replace("slim", "slim AS build") + "FROM python:3.12-slim\nCMD x\n",
    "commented": "FROM python:3.12\n# HEALTHCHECK CMD x\nCMD x\n",
    "inside a command": 'FROM python:3.12\nRUN echo "\\\nHEALTHCHECK CMD x"\n',
    "inside a heredoc": "FROM python:3.12\nRUN <<EOF\nHEALTHCHECK CMD x\nEOF\nCMD x\n",
    "switched off in the inherited stage": "FROM python:3.12 AS base\nHEALTHCHECK CMD x\nFROM base\nHEALTHCHECK NONE\n",
}
WITH_HEALTHCHECK = {
    "plain": CHECKED,
    "lower case": "FROM python:3.12\nhealthcheck CMD x\n",
    "continued": "FROM python:3.12\nHEALTHCHECK --interval=5s \\\n  # why\n  CMD x\n",
    "inherited": "FROM python:3.12 AS base\nHEALTHCHECK CMD x\nFROM base\nCMD x\n",
    "inherited twice": "FROM python:3.12 AS a\nHEALTHCHECK CMD x\nFROM a AS b\nRUN y\nFROM b\nCMD x\n",
    "switched on again": "FROM python:3.12\nHEALTHCHECK NONE\nHEALTHCHECK CMD x\n",
    "backtick escape": "# escape=`\nFROM python:3.12\nHEALTHCHECK `\n  CMD x\n",
    "several stages": "FROM node:22 AS ui\nRUN x\nFROM python:3.12\nCOPY --from=ui /a /b\nHEALTHCHECK CMD x\n",
}
UNPINNED = {
    "latest": ("FROM python:latest\n", 1),
    "untagged": ("FROM python\n", 1),
    "untagged from a registry with a port": ("FROM registry.io:5000/python\n", 1),
    "argument": ("ARG TAG=latest\nFROM python:${TAG}\n", 2),
    "argument for the image": ("ARG BASE=python\nFROM $BASE\n", 2),
    "argument made of an argument": ("ARG TAG=latest\nARG BASE=python:$TAG\nFROM ${BASE}\n", 3),
    "default of the expression": ("ARG TAG\nFROM python:${TAG:-latest}\n", 2),
    "builder stage": ("FROM golang:latest AS build\nFROM python:3.12\n", 1),
    "platform": ("FROM --platform=linux/amd64 python:latest\n", 1),
    "copied from": ("FROM python:3.12\nCOPY --from=nginx:latest /a /b\n", 2),
    "lower case": ("from python:latest\n", 1),
    "continued": ("FROM \\\n  python:latest\n", 1),
    "stage that comes later": ("FROM base\nFROM python:3.12 AS base\n", 1),
}
PINNED = {
    "tag": "FROM python:3.12-slim\n",
    "digest": "FROM python@sha256:" + "a" * 64 + "\n",
    "tag and digest": "FROM python:latest@sha256:" + "a" * 64 + "\n",
    "scratch": "FROM scratch\n",
    "stage": "FROM python:3.12 AS base\nFROM base\n",
    "stage in another case": "FROM python:3.12 AS Base\nFROM base\n",
    "argument": "ARG TAG=3.12\nFROM python:${TAG}\n",
    "argument that only the build knows": "ARG BASE\nFROM ${BASE}\n",
    "copied from a stage": "FROM node:22 AS ui\nFROM python:3.12\nCOPY --from=ui /a /b\nCOPY --from=0 /c /d\n",
    "registry with a port": "FROM registry.io:5000/python:3.12\n",
    "word in a comment": "FROM python:3.12 # not :latest\n".replace(" # not :latest", "") + "# FROM python:latest\n",
    "word in a command": "FROM python:3.12\nRUN pip install x:latest || true\n",
    "heredoc": "FROM python:3.12\nRUN <<EOF\nFROM python:latest\nEOF\n",
}


@pytest.mark.req("R0-086")
@pytest.mark.parametrize("source", WITHOUT_HEALTHCHECK.values(), ids=WITHOUT_HEALTHCHECK.keys())
def test_an_image_without_a_healthcheck_is_found(compute_check, source):
    findings = compute_check("DOCKER-001", {"svc/Dockerfile": source, "svc/app.py": ""})
    assert [(finding.path, finding.service) for finding in findings] == [("svc/Dockerfile", "svc")]


@pytest.mark.req("R0-086")
@pytest.mark.parametrize("source", WITH_HEALTHCHECK.values(), ids=WITH_HEALTHCHECK.keys())
def test_an_image_with_a_healthcheck_is_left_alone(compute_check, source):
    assert compute_check("DOCKER-001", {"svc/Dockerfile": source, "svc/app.py": ""}) == []


def test_the_stage_that_compose_builds_is_the_one_that_counts(compute_check):
    files = {
        "svc/Dockerfile": "FROM python:3.12 AS web\nCMD x\nFROM web AS other\nHEALTHCHECK CMD x\n",
        "docker-compose.yml": "services:\n  svc:\n    build: {context: ./svc, target: web}\n",
    }
    assert [finding.line for finding in compute_check("DOCKER-001", files)] == [1]


def test_images_for_development_are_no_service_images(compute_check):
    files = {"svc/Dockerfile.dev": "FROM python:3.12\n", "svc/Dockerfile": CHECKED}
    assert compute_check("DOCKER-001", files) == []


@pytest.mark.req("R0-087")
@pytest.mark.parametrize(("source", "line"), UNPINNED.values(), ids=UNPINNED.keys())
def test_an_unpinned_base_is_found_on_its_line(compute_check, source, line):
    assert [finding.line for finding in compute_check("DOCKER-002", {"svc/Dockerfile": source})] == [line]


@pytest.mark.req("R0-087")
@pytest.mark.parametrize("source", PINNED.values(), ids=PINNED.keys())
def test_a_pinned_base_is_left_alone(compute_check, source):
    assert compute_check("DOCKER-002", {"svc/Dockerfile": source}) == []


def test_build_arguments_of_compose_count(compute_check):
    files = {
        "svc/Dockerfile": "ARG TAG=3.12\nFROM python:${TAG}\n",
        "docker-compose.yml": "services:\n  svc:\n    build: {context: svc, args: {TAG: latest}}\n",
    }
    assert [finding.line for finding in compute_check("DOCKER-002", files)] == [2]

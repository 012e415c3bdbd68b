"""sluice.sarif: the gate's findings for GitHub code scanning and other SARIF 2.1.0 viewers."""

import json
import posixpath
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import quote

from sluice.core.files import digest
from sluice.model.base import JsonObject
from sluice.model.finding import CheckRun, Finding, GateReport, Severity
from sluice.reports.redact import evidence
from sluice.reports.report import Report, RunView
from sluice.reports.text import clean, one_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_SCORE = {"error": "8.0", "warning": "5.0", "note": "2.0"}  # GitHub calls these high, medium and low
_SECURITY = ("AUTH-", "CORS-", "PRIV-", "ROOT-", "SEC-", "SQL-")


def render(view: RunView) -> str:
    """One SARIF run; without a gate report it says that the gate did not run."""
    gate = view.gate or GateReport(overall_verdict="failed")
    rules = _rules(gate)
    order = {str(rule["id"]): index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "Sluice", "semanticVersion": _version(), "rules": rules}},
        "automationDetails": {"id": f"sluice/gate/{view.summary.run_id}"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the gate scanned."}}},
        "invocations": [_invocation(view.gate)],
        "results": _results(gate, order),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _version() -> str:
    try:
        return version("sluice")
    except PackageNotFoundError:
        return "0.0.0"


def _invocation(gate: GateReport | None) -> JsonObject:
    if gate is None:
        return {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "The quality gate did not run."}}],
        }
    crashed = [run for layer in gate.layers for run in layer.checks if run.error]
    return {
        "executionSuccessful": not crashed,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": f"{run.check}: {clean(run.error)}"},
                "associatedRule": {"id": run.check},
            }
            for run in crashed
        ],
    }


def _rules(gate: GateReport) -> list[JsonObject]:
    runs = {run.check: run for layer in gate.layers for run in layer.checks}
    findings: dict[str, list[Finding]] = {check: [] for check in runs}
    for finding in (*gate.findings, *gate.suppressed):
        findings.setdefault(finding.check, []).append(finding)
    return [
        _rule(check, runs.get(check) or CheckRun(check=check, layer=found[0].layer), found)
        for check, found in sorted(findings.items())
    ]


def _rule(check: str, run: CheckRun, findings: Sequence[Finding]) -> JsonObject:
    hint = next((finding.hint for finding in findings if finding.hint), "")
    title = clean(run.title) or f"Rule {check} of the quality gate, layer {run.layer}."
    advice = clean(run.help or hint) or f"See the message of each result of {check}."
    severity = findings[0].severity if findings else "error"
    return {
        "id": check,
        "name": "".join(part.capitalize() for part in check.split("-")),
        "shortDescription": {"text": one_line(title, 1000)},
        "fullDescription": {"text": one_line(title, 1000)},
        "help": {"text": f"{title}\n\nWhat to do: {advice}", "markdown": f"**{title}**\n\nWhat to do: {advice}"},
        "defaultConfiguration": {"level": severity},
        "properties": _properties(check, run.layer, severity),
    }


def _properties(check: str, layer: int, severity: Severity) -> JsonObject:
    """What GitHub sorts by: a rule with a `security-severity` is a security alert, any other a quality alert."""
    shared: JsonObject = {"precision": "high", "problem.severity": _PROBLEM[severity]}
    if check.startswith(_SECURITY):
        return shared | {"security-severity": _SCORE[severity], "tags": ["security", f"layer-{layer}"]}
    return shared | {"tags": [f"layer-{layer}"]}


def _results(gate: GateReport, order: dict[str, int]) -> list[JsonObject]:
    seen: Counter[str] = Counter()
    results = [_result(finding, order, seen) | {"suppressions": []} for finding in gate.findings]
    return results + [
        _result(finding, order, seen) | {"suppressions": [_suppression(finding)]} for finding in gate.suppressed
    ]


def _suppression(finding: Finding) -> JsonObject:
    """A mark in the source (`suppressed: why`) or a baseline (`known: why`), which stands where others have a hint."""
    how, _, why = clean(finding.hint).partition(": ")
    mark: JsonObject = {"kind": "external" if how == "known" else "inSource", "status": "accepted"}
    if why:
        mark["justification"] = why
    return mark


def _result(finding: Finding, order: dict[str, int], seen: Counter[str]) -> JsonObject:
    print_ = finding.fingerprint or digest("\0".join([finding.path or finding.service, finding.message]))
    key = digest(f"{finding.check}\0{print_}").removeprefix("sha256:")[:16]
    seen[key] += 1
    hint = f"\n{clean(finding.hint)}" if finding.hint else ""
    prints = {"primaryLocationLineHash": f"{key}:{seen[key]}"}
    if finding.fingerprint:
        prints["sluiceFingerprint/v1"] = finding.fingerprint
    return {
        "ruleId": finding.check,
        "ruleIndex": order[finding.check],
        "level": finding.severity,
        "message": {"text": clean(finding.message) + hint},
        "locations": [_location(finding)],
        "partialFingerprints": {**prints},
        "properties": {"layer": finding.layer, "service": clean(finding.service)},
    }


def _location(finding: Finding) -> JsonObject:
    """GitHub shows only results with a file: a finding about a whole service stands at the service's folder."""
    region: JsonObject = {"startLine": max(finding.line, 1)}
    if finding.line and finding.column:
        region["startColumn"] = finding.column
    if finding.evidence:
        region["snippet"] = {"text": clean(evidence(finding))}
    uri = _uri(finding.path or finding.service)
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": ROOT}, "region": region}}


def _uri(path: str) -> str:
    """A relative URI that cannot leave its base."""
    whole = posixpath.normpath(posixpath.join("/", path)).lstrip("/")
    return quote(whole.encode("utf-8", "replace"), safe="/") or "."


REPORT: Final[Report] = Report(
    name="sarif", filename="sluice.sarif", help="findings as SARIF 2.1.0, for code scanning", render=render
)

"""The policy: from facts to verdicts.  Checks never know of it.

A layer is

* `error` when a check of it crashed, lacked its tool, or saw nothing where there must be something;
  in a run also when none of its checks ran;
* `failed` when a finding of severity error stands;
* `partial` when only warnings stand, or only findings of `TOLERATED` checks: one builder of three failed, some
  operations do not conform, one service is down.  Whether that is too much is a finding of its own (BUILD-003,
  CONTRACT-002);
* `not run` when every check of it was skipped, each with its reason (a folder without a run has no layers 1 and 2);
* `passed` otherwise; notes never count.

The overall verdict is `failed` when a layer is `failed` or `error`, or when no layer ran; `partial` when a layer is
`partial`; else `passed`.  Whether the run was planted plays no part in it: planted violations count because they are
found.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sluice.model.finding import CheckRun, Finding, LayerResult, LayerStatus, Verdict

LAYERS: Final = {1: "builder results", 2: "contract results", 3: "generated code", 4: "system-wide"}
TOLERATED: Final = frozenset({"BUILD-001", "CONTRACT-001", "DEPLOY-001"})


def judge_layer(number: int, checks: Sequence[CheckRun], findings: Sequence[Finding], *, run: bool) -> LayerResult:
    """Status of one layer, with the reason in a sentence ('' when it passed)."""
    own = [finding for finding in findings if finding.layer == number]
    status, reason = _status(checks, own, run=run)
    return LayerResult(number=number, name=LAYERS[number], status=status, checks=tuple(checks), reason=reason)


def _status(checks: Sequence[CheckRun], findings: Sequence[Finding], *, run: bool) -> tuple[LayerStatus, str]:
    broken = [check for check in checks if check.error]
    if broken:
        return "error", "; ".join(f"{check.check} could not judge: {check.error}" for check in broken)
    ran = [check for check in checks if not check.skipped]
    if not ran:
        reasons = sorted({check.skipped for check in checks}) or ["no check belongs to it"]
        return ("error" if run else "not run"), "; ".join(reasons)
    if any(finding.severity == "error" and finding.check not in TOLERATED for finding in findings):
        return "failed", _tally(findings)
    if any(finding.severity != "note" for finding in findings):
        return "partial", _tally(findings)
    return "passed", ""


def _tally(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.check for finding in findings if finding.severity != "note")
    return ", ".join(f"{check} ×{count}" if count > 1 else check for check, count in sorted(counts.items()))  # noqa: RUF001 # a multiplication sign is meant


def judge(layers: Sequence[LayerResult]) -> tuple[Verdict, str]:
    """Overall verdict, and why in one sentence."""
    if all(layer.status == "not run" for layer in layers):
        return "failed", "no layer ran: nothing was judged"
    wrong = [layer for layer in layers if layer.status in {"failed", "error"}]
    partial = [layer for layer in layers if layer.status == "partial"]
    told = "; ".join(
        f"layer {layer.number} ({layer.name}) {_verb(layer)}: {layer.reason}" for layer in (*wrong, *partial)
    )
    if wrong:
        return "failed", told
    return ("partial", told) if partial else ("passed", "every layer that ran is clean")


def _verb(layer: LayerResult) -> str:
    return {"error": "could not be judged", "partial": "is partial"}.get(layer.status, layer.status)

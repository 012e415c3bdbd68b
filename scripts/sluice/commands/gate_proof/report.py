"""Recall and precision of each check, as text, JSON and Markdown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from pydantic import JsonValue

RECALL = 0.95
PRECISION = 0.98
VARIANTS = 8


@dataclass
class Score:
    """What the gate made of the variants and twins of one check; `needed` is None where nobody asked."""

    check: str
    plants: int = 0
    twins: int = 0
    found: int = 0
    false_alarms: int = 0
    needed: bool | None = None
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Found ÷ planted."""
        return self.found / self.plants if self.plants else 0.0

    @property
    def precision(self) -> float:
        """Found ÷ (found + false alarms)."""
        told = self.found + self.false_alarms
        return self.found / told if told else 0.0

    @property
    def faults(self) -> list[str]:
        """Why this check turns the proof red."""
        few = self.plants < VARIANTS or self.twins < VARIANTS
        reasons = {
            f"{self.plants} variants and {self.twins} twins, {VARIANTS} of each are needed": few,
            f"recall {self.recall:.2f} < {RECALL}": self.recall < RECALL,
            f"precision {self.precision:.2f} < {PRECISION}": self.precision < PRECISION,
            "nothing changes when it is removed": self.needed is False,
        }
        return [reason for reason, holds in reasons.items() if holds]


@dataclass(frozen=True)
class Proof:
    """The whole proof; `errors` are faults of no single check."""

    seed: int
    rounds: int
    seconds: float
    scores: Sequence[Score]
    errors: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        """Whether it is green."""
        return not self.errors and not any(score.faults for score in self.scores)

    @property
    def plants(self) -> int:
        """Violations that were planted."""
        return sum(score.plants for score in self.scores)

    @property
    def sentence(self) -> str:
        """The first line."""
        found, twins = sum(s.found for s in self.scores), sum(s.twins for s in self.scores)
        alarms = sum(score.false_alarms for score in self.scores)
        red = sum(bool(score.faults) for score in self.scores)
        state = "green" if self.ok else f"red: {red} of {len(self.scores)} checks, {len(self.errors)} other errors"
        return (
            f"gate-proof {state}: {found} of {self.plants} planted violations found, {alarms} false alarms on "
            f"{twins} look-alikes and two healthy systems, {self.rounds} gate runs, {self.seconds:.0f} s"
        )


_HEADS = ("check", "planted", "found", "recall", "twins", "false alarms", "precision", "needed")


def _row(score: Score) -> tuple[str, ...]:
    needed = {True: "yes", False: "no", None: "-"}[score.needed]
    counts = (str(score.plants), str(score.found), f"{score.recall:.2f}", str(score.twins), str(score.false_alarms))
    return (score.check, *counts, f"{score.precision:.2f}", needed)


def _details(proof: Proof) -> list[str]:
    lines = [f"error: {error}" for error in proof.errors]
    for score in proof.scores:
        lines += [f"{score.check}: {fault}" for fault in score.faults]
        lines += [f"{score.check} missed {missed}" for missed in score.missed]
        lines += [f"{score.check} false alarm {alarm}" for alarm in score.alarms]
    return lines


def as_text(proof: Proof) -> str:
    """A table for a terminal."""
    rows = [_HEADS, *map(_row, proof.scores)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([proof.sentence, "", *table, "", *_details(proof)]).rstrip() + "\n"


def as_markdown(proof: Proof) -> str:
    """A table for a pull request."""
    rows = [_HEADS, tuple("---" for _ in _HEADS), *map(_row, proof.scores)]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    details = [f"- {line}" for line in _details(proof)]
    return "\n".join(["# Proof of the quality gate", "", proof.sentence, "", *table, "", *details]).rstrip() + "\n"


def as_json(proof: Proof) -> JsonValue:
    """Everything."""
    checks: list[JsonValue] = [
        {**asdict(score), "recall": score.recall, "precision": score.precision, "faults": list(score.faults)}
        for score in proof.scores
    ]
    return {
        "ok": proof.ok,
        "summary": proof.sentence,
        "seed": proof.seed,
        "rounds": proof.rounds,
        "seconds": round(proof.seconds, 1),
        "thresholds": {"recall": RECALL, "precision": PRECISION, "variants": VARIANTS},
        "errors": list(proof.errors),
        "checks": checks,
    }

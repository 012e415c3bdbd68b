"""Measures and prints: [TOPIC …] [--json]."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sluice.commands.bench import topics
from sluice.commands.bench.figure import Figure, Topic
from sluice.commands.face import run_command
from sluice.core.registry import discover, pick


def main(arguments: Sequence[str]) -> int:
    """Measure the chosen topics, or all, each in an empty directory."""
    known = discover(topics, "TOPIC", Topic)
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    listed = "; ".join(f"{topic.name}: {topic.help}" for topic in known.values())
    parser.add_argument("topic", nargs="*", help=f"{listed} (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    chosen = [pick(known, name, "topic") for name in options.topic or known]
    rows = [row for topic in chosen for row in _measured(topic, quiet=options.json)]
    if options.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
    return 0


def _measured(topic: Topic, *, quiet: bool) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as directory:
        rows = []
        for figure in topic.measure(Path(directory)):
            rows.append(_row(topic, figure))
            if not quiet:
                line = f"{topic.name:12} {figure.name:52} {figure.value:9.2f} {figure.unit:5} aim {figure.aim}\n"
                sys.stdout.write(line)
                sys.stdout.flush()
        return rows


def _row(topic: Topic, figure: Figure) -> dict[str, object]:
    value = round(figure.value, 3)
    return {"topic": topic.name, "name": figure.name, "value": value, "unit": figure.unit, "aim": figure.aim}


if __name__ == "__main__":
    sys.exit(run_command(lambda: main(sys.argv[1:])))

"""Plants violations and look-alikes in healthy systems and measures the gate: [CHECK …] [--json] [--report DIR]."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sluice.commands.face import run_command, whole_number
from sluice.commands.gate_proof.proof import prove
from sluice.commands.gate_proof.registry import all_operators
from sluice.commands.gate_proof.report import as_json, as_markdown, as_text
from sluice.core.errors import EXIT_OK, QualityGateFailed
from sluice.core.files import write_atomic
from sluice.core.registry import pick
from sluice.phases.gate.registry import all_checks


def main(arguments: Sequence[str]) -> int:
    """Prove the chosen checks, or all; exit code 5 when one of them is not good enough.

    Raises:
        InputError: a check that does not exist.
    """
    parser = argparse.ArgumentParser(prog="nox -s gate-proof --", description=__doc__)
    parser.add_argument("check", nargs="*", help="ids of checks (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--seed", default="1", help="chooses services and places (default: 1)")
    folder = Path(".sluice") / "gate-proof"
    parser.add_argument("--report", type=Path, default=folder, help=f"folder of report.json and .md ({folder})")
    options = parser.parse_args(arguments)
    known = all_checks()
    checks = [pick(known, name, "check").id for name in options.check] or list(known)
    with tempfile.TemporaryDirectory(prefix="sluice-proof-") as directory:
        proof = prove(Path(directory).resolve(), all_operators(), checks, whole_number("seed", options.seed))
    text = json.dumps(as_json(proof), indent=1, ensure_ascii=False) + "\n"
    write_atomic(options.report / "report.json", text)
    write_atomic(options.report / "report.md", as_markdown(proof))
    sys.stdout.write(text if options.json else as_text(proof))
    return EXIT_OK if proof.ok else QualityGateFailed.exit_code


if __name__ == "__main__":
    sys.exit(run_command(lambda: main(sys.argv[1:])))

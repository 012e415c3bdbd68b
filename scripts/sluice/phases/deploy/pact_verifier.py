"""Runs the Pact verifier in a process of its own, because it writes what it likes to standard output.

Reads `{"gateway", "token", "pacts": {service: file}}` from standard input; writes after the line break and NUL that end
the verifier's own words a JSON list of results.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, Final

from pact import Verifier

END: Final = "\n\0"


def verified(gateway: str, token: str, pacts: dict[str, str]) -> Iterator[dict[str, object]]:
    """One result for each interaction."""
    for service, file in pacts.items():
        verifier = Verifier(service, host="127.0.0.1").add_transport(url=gateway).add_source(file)
        if token:
            verifier.add_custom_header("Authorization", f"Bearer {token}")
        try:
            verifier.verify()
        except RuntimeError as error:
            if not verifier.results.get("interactionResults"):
                raise RuntimeError(f"{service}: {error}") from error
        for row in verifier.results["interactionResults"]:
            ok = row["result"] == "OK"
            detail = "" if ok else _why(row)
            yield {"service": service, "interaction": row["description"], "ok": ok, "detail": detail}


def _why(row: dict[str, Any]) -> str:
    mismatch = row.get("mismatch", {})
    listed = [f"{each.get('path', '')} {each.get('mismatch', '')}".strip() for each in mismatch.get("mismatches", [])]
    return "; ".join(listed)[:500] or str(mismatch)[:500]


def main() -> None:
    """Verify what standard input asks for."""
    results = list(verified(**json.load(sys.stdin)))
    sys.stdout.write(END + json.dumps(results))


if __name__ == "__main__":
    main()

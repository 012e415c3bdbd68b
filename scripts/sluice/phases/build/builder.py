"""A builder as phase 5 knows it: a program that makes one service from its contracts.

The protocol, for every builder: it is started with the path of a JSON file, in a process group of its own, with closed
stdin, its job directory as working directory.  The file holds

* `service`: canonical name of the service
* `openapi`: path of the registered OpenAPI 3.1 document; `asyncapi`: path of the AsyncAPI 3.0 document, or null
* `output_dir`: an empty directory for the service; nothing may be written outside it but `state_file`, a `junit.xml`
  beside that, and whatever in `$TMPDIR`
* `state_file`: path of the STATE.JSON to write: `{status: "success" | "failed", summary: {}, files: [],
  tests: {total, passed, failed, skipped}, convergence: 0..1, notes: []}`; it is a claim and is measured again
  (Sluice runs the service's tests itself afterwards; a builder that did not run them claims no counts)
* `violations`: findings of an earlier attempt that this one has to mend; `attempt`: counts from 1;
  `previous_output_dir`: what the attempt before made (to be read only), null in the first

It ends with code 0 when it believes that the service is complete.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sluice.core import registry
from sluice.core.config import Settings


@dataclass(frozen=True, kw_only=True)
class Builder:
    """A builder plug-in, exposed as `BUILDER`.

    Args:
        command: makes program and arguments from the path of the JSON file and the settings.
        key_variables: environment variables with keys that it can use; one is inherited only if the setting
            `builder_key_variables` names it too.
    """

    name: str
    help: str
    command: Callable[[Path, Settings], Sequence[str]]
    key_variables: tuple[str, ...] = ()


def builders() -> dict[str, Builder]:
    """All builders by name."""
    from sluice.phases.build import builders as package  # noqa: PLC0415  the plug-ins import this module

    return registry.discover(package, "BUILDER", Builder)

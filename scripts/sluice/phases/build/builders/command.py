"""Builder `command`: an external program, named by the setting `builder_command`, that speaks the same protocol.

Meant for coding agents with a command line.  The path of the JSON file replaces `{config}` in the arguments, or follows
them.  Proven with local programs; no language model stands behind any test of this project.
"""

from pathlib import Path
from typing import Final

from sluice.core.config import Settings
from sluice.core.errors import InputError
from sluice.phases.build.builder import Builder

_PLACE = "{config}"


def _command(config: Path, settings: Settings) -> list[str]:
    if not settings.builder_command:
        raise InputError(
            "the builder 'command' has no command",
            hint='set builder_command = ["program", "argument"] in [tool.sluice]',
        )
    argv = [part.replace(_PLACE, str(config)) for part in settings.builder_command]
    return argv if any(_PLACE in part for part in settings.builder_command) else [*argv, str(config)]


BUILDER: Final = Builder(
    name="command",
    help="an external program, such as a coding agent (setting builder_command)",
    command=_command,
    key_variables=("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"),
)

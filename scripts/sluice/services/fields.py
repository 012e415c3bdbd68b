"""Types of what services are given over REST and MCP; none lets a NUL through, which PostgreSQL cannot keep."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("half a surrogate pair") from error
    return text


ServiceName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$", max_length=63, description="Canonical kebab-case name of a service")
]
Limit = Annotated[int, Field(ge=1, le=100, description="At most so many items")]
Offset = Annotated[int, Field(ge=0, le=1_000_000, description="Leave out so many items")]
Text = Annotated[str, AfterValidator(_whole)]
"""Any text, but no half surrogate pairs, which JSON lets through and no encoding takes."""
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", description="sha256:<hex>")]

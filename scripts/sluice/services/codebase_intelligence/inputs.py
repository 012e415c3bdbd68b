"""What the Codebase Intelligence is given."""

import base64
from typing import Annotated, Final

from pydantic import BaseModel, Field

from sluice.services.codebase_intelligence.store import SourceFile
from sluice.services.fields import ServiceName, Text

MAX_CONTENT: Final = 4 * 1024 * 1024
MAX_FILES: Final = 2_000
_NAME: Final = r"[^/\\\x00-\x1f\x7f]"
_PART: Final = rf"(?:[^./\\\x00-\x1f\x7f]{_NAME}*|\.[^./\\\x00-\x1f\x7f]{_NAME}*)"

FilePath = Annotated[
    str,
    Field(
        pattern=rf"^{_PART}(?:/{_PART})*$",
        max_length=400,
        description="Path below the service's root, with `/`, without `.` and `..`",
        examples=["app/main.py"],
    ),
]
Content = Annotated[Text, Field(max_length=MAX_CONTENT, description="Content as text, kept as UTF-8")]
Base64 = Annotated[
    str,
    Field(
        pattern=r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        max_length=MAX_CONTENT * 4 // 3 + 4,
        description="Content that is not text, in base64",
    ),
]
Symbol = Annotated[
    str,
    Field(
        pattern=r"^[^\x00-\x1f\x7f]+$",
        max_length=500,
        description="Plain or dotted name (`Order`, `Order.total`), or a route (`GET /orders`)",
    ),
]


class TextFile(BaseModel):
    """One text file of a tree."""

    path: FilePath
    content: Content

    def file(self) -> SourceFile:
        """Its bytes."""
        return SourceFile(self.path, self.content.encode())


class TextArtifact(TextFile):
    """A text file to register."""

    service: ServiceName


class BinaryArtifact(BaseModel):
    """A file to register that is not text."""

    service: ServiceName
    path: FilePath
    content_base64: Base64

    def file(self) -> SourceFile:
        """Its bytes."""
        return SourceFile(self.path, base64.b64decode(self.content_base64, validate=True))


class Tree(BaseModel):
    """All files of a service; of two with one path the later counts."""

    files: Annotated[list[TextFile], Field(max_length=MAX_FILES)]

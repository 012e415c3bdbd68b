"""MCP face of the Codebase Intelligence."""

from mcp.server import MCPServer

from sluice.core.errors import InputError
from sluice.services.codebase_intelligence.answers import Artifact, DefinitionList
from sluice.services.codebase_intelligence.inputs import Base64, BinaryArtifact, Content, FilePath, Symbol, TextArtifact
from sluice.services.codebase_intelligence.store import Codebase
from sluice.services.database import UNAVAILABLE
from sluice.services.fields import ServiceName
from sluice.services.tools import expose


def add_tools(server: MCPServer, codebase: Codebase) -> None:
    """Add the two tools."""

    def find_definition(symbol: Symbol, service: ServiceName | None = None) -> DefinitionList:
        """Find where a symbol of the registered source files is defined (of one service).

        A plain name finds every definition of it, a dotted one those it ends, `METHOD /path` the handler of a route.
        """
        return DefinitionList(symbol=symbol, definitions=tuple(codebase.find(symbol, service)))

    def register_artifact(
        service: ServiceName, path: FilePath, content: Content | None = None, content_base64: Base64 | None = None
    ) -> Artifact:
        """Keep a file by the SHA-256 of its content and index its symbols when its language is known.

        Registering the same again changes nothing; other content under a known path replaces what is indexed.
        """
        if (content is None) == (content_base64 is None):
            raise InputError("give either content or content_base64", hint="content is text")
        new = (
            TextArtifact(service=service, path=path, content=content)
            if content is not None
            else BinaryArtifact(service=service, path=path, content_base64=content_base64 or "")
        )
        return codebase.register(service, new.file())[0]

    for tool in (find_definition, register_artifact):
        expose(server, tool, unavailable=UNAVAILABLE)

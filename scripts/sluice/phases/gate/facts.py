"""What checks look at: every file parsed once, every tool run once, shared and read-only."""

from functools import cached_property

from sluice.phases.gate.check import GateInput
from sluice.phases.gate.reading.answers import Answer, answers
from sluice.phases.gate.reading.apps import Router
from sluice.phases.gate.reading.compose import Compose, read_compose
from sluice.phases.gate.reading.contracts import Contract, read_contracts
from sluice.phases.gate.reading.credentials import read_secrets
from sluice.phases.gate.reading.dockerfile import Dockerfile, parse_dockerfile
from sluice.phases.gate.reading.entrypoints import served
from sluice.phases.gate.reading.events import Events, read_events
from sluice.phases.gate.reading.interpret import Interpreter
from sluice.phases.gate.reading.python import Broken, Project, PyFile, read_project
from sluice.phases.gate.reading.python_secrets import Secret
from sluice.phases.gate.scan import SourceFile, read_tree
from sluice.phases.gate.tools import ToolHit, hadolint, ruff


class Facts:
    """Parsed inputs of one gate run; each is made when a check first asks for it."""

    def __init__(self, given: GateInput) -> None:
        self.given = given

    @cached_property
    def files(self) -> tuple[SourceFile, ...]:
        """All text files that are looked at."""
        return read_tree(self.given.root, self.given.services, self.given.folders)

    @cached_property
    def shipped(self) -> tuple[SourceFile, ...]:
        """Files that are not tests, examples or developers' tools."""
        return tuple(file for file in self.files if file.production)

    @cached_property
    def projects(self) -> dict[str, Project]:
        """Shipped Python sources by service; '' holds those of no service."""
        grouped: dict[str, list[SourceFile]] = {}
        for file in self.files:
            if file.suffix == ".py" and file.production:
                grouped.setdefault(file.service, []).append(file)
        return {name: read_project(name, files, self._base(name)) for name, files in sorted(grouped.items())}

    def _base(self, service: str) -> str:
        folder = self.given.services.get(service, self.given.root)
        return folder.relative_to(self.given.root).as_posix()

    @cached_property
    def python(self) -> tuple[PyFile, ...]:
        """Every Python file that is shipped and can be parsed."""
        return tuple(file for project in self.projects.values() for file in project.files)

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """Python files that are shipped and cannot be parsed."""
        return tuple(broken for project in self.projects.values() for broken in project.broken)

    @cached_property
    def interpreters(self) -> dict[str, Interpreter]:
        """One for each service."""
        return {name: Interpreter(project) for name, project in self.projects.items()}

    @cached_property
    def apps(self) -> tuple[tuple[str, Router], ...]:
        """Applications that are served, with their service."""
        found = []
        for name, interpreter in self.interpreters.items():
            texts = [file for file in self.files if file.service == name and file.production]
            found += [(name, app) for app in served(interpreter, texts)]
        return tuple(found)

    @cached_property
    def dockerfiles(self) -> tuple[Dockerfile, ...]:
        """Every Dockerfile that is shipped."""
        return tuple(parse_dockerfile(file) for file in self.shipped if file.is_dockerfile)

    @cached_property
    def compose(self) -> Compose:
        """The merged compose model, with Traefik's file-provider routes."""
        return read_compose(self.shipped)

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """Registered contracts; without a run the specifications in the tree."""
        return read_contracts(self.given.contracts, self.shipped, set(self.given.services))

    @cached_property
    def events(self) -> Events:
        """Who publishes and who consumes what."""
        code = [(file.source.service, file, self.interpreters[file.source.service].values) for file in self.python]
        return read_events(self.contracts, self.given.decomposition, code)

    @cached_property
    def answers(self) -> tuple[tuple[str, tuple[Answer, ...]], ...]:
        """Routes that answer an operation of a contract, by service."""
        found: dict[str, list[Answer]] = {}
        for service, app in self.apps:
            for answer in answers(self.contracts, service, list(app.all_routes())):
                found.setdefault(service, []).append(answer)
        return tuple((service, tuple(items)) for service, items in found.items())

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """Hard-coded credentials, by maintained detectors and by the syntax tree."""
        return read_secrets(self.shipped, self.python)

    @cached_property
    def printed(self) -> tuple[ToolHit, ...]:
        """What ruff says about printing (T20), whatever `noqa` says."""
        return ruff([file.source for file in self.python], ("T201", "T203"))

    @cached_property
    def hadolint(self) -> tuple[ToolHit, ...]:
        """What hadolint says about the Dockerfiles' base images."""
        return hadolint([dockerfile.source for dockerfile in self.dockerfiles], ("DL3006", "DL3007"))

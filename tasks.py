"""What a person runs: one task for each phase, and for a run's plan, stack and reports.  `invoke --list` shows them.

Every task takes `--json` (clean JSON on stdout, everything else on stderr).  Exit codes: 0 passed, 1 unexpected error,
2 bad input, 3 this machine cannot do it, 4 a phase's gate refused, 5 the quality gate failed, 6 `partial` under
`--strict`, 130 interrupted.
"""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invoke import Collection, Context, Exit, Task, task

from sluice.commands.flags import PairTask

if TYPE_CHECKING:
    from sluice.commands.pipeline import Options

FLAGS: dict[str, tuple[str | bool, str]] = {
    "run": ("", "run id (default: the newest run)"),
    "prd": ("", "PRD file (default: the run's own; for a new run the TaskTracker sample)"),
    "json": (False, "print JSON on stdout, everything else on stderr"),
    "runtime": ("", "auto, embedded, … (`invoke runtimes` lists them)"),
    "builder": ("", "template, … (`invoke builders` lists them)"),
    "architect": ("", "rules, or llm: a language model reads the PRD too (README says how to name it)"),
    "recording": ("", "with --architect llm: replay this file where it exists, else record to it"),
    "ports": ("", "fixed (the documented ones, where free) or random"),
    "keep": (False, "leave the stack running at the end; `invoke down` ends it"),
    "strict": (False, "exit 6 when the verdict is partial"),
    "plant": (False, "plant three known violations in a copy of the built services; the gate must find them"),
    "phase": ("", "plan this phase (1 to 7) alone, with what it needs"),
    "name": ("", "server or service"),
    "lines": ("20", "how many of the last lines"),
    "newest": (0, "how many of the newest runs stay"),
    "path": ("", "folder of services, one directory each"),
    "sarif": ("", "write the findings as SARIF 2.1.0 to this file"),
    "offline": (False, "build every image here, whether a registry answers or not"),
    "old": ("", "OpenAPI, Swagger or AsyncAPI document before the change"),
    "new": ("", "the document after it"),
    "consumers": ("", "who uses which operations and fields: a JSON or YAML file, or a run's Decomposition.json"),
    "ignores": ("", "YAML file of agreed changes, each with rule, path or pointer, reason and until"),
    "markdown": (False, "print the Markdown summary, as for a pull request"),
    "diff": ((), "two run ids: say what changed from the first to the second"),
    "junit": ("", "write the checks as JUnit XML to this file"),
    "html": ("", "write the report as one HTML page to this file"),
    "baseline": ("", "file of known findings: only others block"),
    "write_baseline": ("", "keep the findings of now as known, in this file"),
    "fresh": (False, "judge anew even where nothing has changed since the last time"),
    "file": ("", "an OpenAPI, Swagger or AsyncAPI document, JSON or YAML"),
    "folder": ("", "folder that the references of a document may reach (default: the document's own)"),
}
FLAGS |= {
    "directory": ("", "directory of the source tree"),
    "root": (".", "directory of the source tree"),
    "near": ("", "path of the file that asks: what is nearer to it comes first"),
    "words": ("", "name, dotted name, or path/file.py:name; several may be given"),
    "url_path": ("", "`/path` or `METHOD /path`"),
    "event_name": ("", "name of an event, in any spelling"),
    "artifact": ("", "file to register, of any size"),
    "service": ("", "service that it belongs to"),
    "as_path": ("", "its path below the service's root (default: the file's name)"),
}
ONE = ("run", "json")
MAKE = ("prd", "runtime", "builder", "ports", "architect", "recording", "json")
END = ("keep", "strict")
GATE = ("sarif", "junit", "html", "baseline", "write_baseline", "fresh")


def _command(*flags: str, positional: tuple[str, ...] = (), name: str = "") -> Callable[[Callable[..., int]], Task]:
    """A task with these flags; its body gets the options and, by name, the flags that are no options."""

    def decorate(body: Callable[..., int]) -> Task:
        def run(_c: Context, **given: Any) -> None:
            from sluice.commands.face import run_command

            known = {**given, "given": given}
            extra = {key: known[key] for key in inspect.signature(body).parameters if key in known}
            extra |= {"names": [given[key] for key in positional]} if "words" in positional else {}
            if code := run_command(lambda: body(_options(given), **extra)):
                raise Exit(code=code)

        empty = inspect.Parameter.empty
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        values = [("_c", empty), *((flag, empty if flag in positional else FLAGS[flag][0]) for flag in flags)]
        run.__signature__ = inspect.Signature([inspect.Parameter(n, kind, default=d) for n, d in values])  # type: ignore[attr-defined] # invoke reads it
        run.__doc__ = body.__doc__
        helps = {flag: FLAGS[flag][1] for flag in flags}
        made: Task = task(klass=PairTask, name=name or body.__name__, help=helps)(run)
        return made

    return decorate


def _options(given: dict[str, Any]) -> "Options":
    from sluice.commands.pipeline import Options

    return Options(
        prd=Path(given["prd"]) if given.get("prd") else None,
        run_id=given.get("run") or None,
        **{flag: bool(given.get(flag)) for flag in ("json", "keep", "strict", "plant")},
        flags={flag: given.get(flag) or None for flag in ("runtime", "builder", "ports", "architect")}
        | {"architect_recording": given.get("recording") or None},
    )


@_command(*MAKE, *END, "plant")
def pipeline(options: "Options") -> int:
    """All seven phases on a new run, ending with a verdict."""
    from sluice.commands import pipeline

    return pipeline.pipeline(options)


@_command("run", *MAKE, *END)
def resume(options: "Options") -> int:
    """Go on with a run: redo only what must be redone."""
    from sluice.commands import pipeline

    return pipeline.resume(options)


@_command("run", "prd", "runtime", "phase", "json")
def plan(options: "Options", phase: str) -> int:
    """Print what `resume` (or one phase) would do, and why."""
    from sluice.commands import face, pipeline

    return pipeline.show_plan(options, number=face.whole_number("phase", phase) if phase else None)


@_command(*ONE, "runtime")
def up(options: "Options") -> int:
    """Start a run's stack and its services; they stay until `down`."""
    from sluice.commands import stack

    return stack.up(options)


@_command(*ONE)
def down(options: "Options") -> int:
    """End a run's stack; its data stays."""
    from sluice.commands import stack

    return stack.down(options)


@_command(*ONE)
def status(options: "Options") -> int:
    """What of a run's stack is running, and where."""
    from sluice.commands import stack

    return stack.status(options)


@_command("name", "lines", *ONE, positional=("name",))
def logs(options: "Options", name: str, lines: str) -> int:
    """The last log lines of one server or service."""
    from sluice.commands import face, stack

    return stack.logs(options, name=name, lines=face.whole_number("lines", lines))


@_command(*ONE)
def compose(options: "Options") -> int:
    """Print a run's merged compose model and, for each value, the file it came from."""
    from sluice.commands import compose

    return compose.compose(options)


@_command(*ONE)
def reap(options: "Options") -> int:
    """End what runs left behind, found by their label only."""
    from sluice.commands import stack

    return stack.reap(options)


@_command("newest", *ONE)
def forget(options: "Options", newest: int) -> int:
    """Delete a run, or all but the newest, with everything that they left."""
    from sluice.commands import stack

    return stack.forget(options, newest=newest)


@_command("path", *GATE, "json", positional=("path",))
def gate(options: "Options", given: dict[str, Any]) -> int:
    """The quality gate alone, on any folder of services."""
    from sluice.commands import gate

    wanted = gate.Wanted(**{flag: given[flag] for flag in GATE})
    return gate.gate(options, path=Path(given["path"]), wanted=wanted)


@_command(*ONE, "markdown", "diff")
def report(options: "Options", markdown: bool, diff: list[str]) -> int:  # noqa: FBT001 - invoke passes flags by name
    """Write a run's reports again and say where they are; or with --diff A B, what changed between two runs."""
    from sluice.commands import runs

    return runs.report(options, markdown=markdown, diff=diff)


@_command("json")
def runs(options: "Options") -> int:
    """List the runs, newest first."""
    from sluice.commands import runs

    return runs.runs(options)


@_command("offline", "json")
def images(options: "Options", offline: bool) -> int:  # noqa: FBT001 - invoke passes flags by name
    """Fetch or build the images of the Docker runtime; only what is missing."""
    from sluice.commands import images

    return images.images(options, offline=offline)


def _further_words(task_name: str, *valued: str) -> tuple[str, ...]:
    """Positional arguments for the words after the first of this task; Invoke itself knows no list of them."""
    after = sys.argv[sys.argv.index(task_name) + 1 :] if task_name in sys.argv else []
    words = [word for at, word in enumerate(after) if word[:1] != "-" and (at == 0 or after[at - 1] not in valued)]
    further = tuple(f"words{number}" for number in range(2, len(words) + 1))
    FLAGS.update(dict.fromkeys(further, FLAGS["words"]))
    return further


FIND = ("words", *_further_words("code.find", "--root", "--near", "-r", "-n"))


@_command("directory", "json", positional=("directory",), name="index")
def code_index(options: "Options", directory: str) -> int:
    """Index the source code of a directory, or bring its index up to date."""
    from sluice.commands import code

    return code.index(options, root=Path(directory))


@_command(*FIND, "root", "near", "json", positional=FIND, name="find")
def code_find(options: "Options", names: list[str], root: str, near: str) -> int:
    """Find where names are defined, ranked with the reasons."""
    from sluice.commands import code

    return code.find(options, names=names, root=Path(root), near=near)


@_command("url_path", "root", "json", positional=("url_path",), name="route")
def code_route(options: "Options", url_path: str, root: str) -> int:
    """Find which route serves a path."""
    from sluice.commands import code

    return code.route(options, path=url_path, root=Path(root))


@_command("event_name", "root", "json", positional=("event_name",), name="event")
def code_event(options: "Options", event_name: str, root: str) -> int:
    """Find who publishes and who consumes an event."""
    from sluice.commands import code

    return code.event(options, name=event_name, root=Path(root))


@_command("artifact", "service", "as_path", *ONE, positional=("artifact", "service"), name="put")
def code_put(options: "Options", artifact: str, service: str, as_path: str) -> int:
    """Register a file of any size at the Codebase Intelligence of a run whose stack is up."""
    from sluice.commands import artifact as sending

    return sending.put(options, file=Path(artifact), service=service, path=as_path)


@_command("file", "folder", "json", positional=("file",), name="validate")
def contracts_validate(options: "Options", file: str, folder: str) -> int:
    """Judge an OpenAPI, Swagger or AsyncAPI document; exit code 4 when it is not valid."""
    from sluice.commands import contracts

    return contracts.validate(options, file=Path(file), folder=folder)


@_command("json", name="rules")
def contracts_rules(options: "Options") -> int:
    """List the rules that documents are judged by."""
    from sluice.commands import contracts

    return contracts.rules(options)


@_command("old", "new", "folder", "consumers", "ignores", "json", positional=("old", "new"), name="diff")
def contracts_diff(options: "Options", given: dict[str, Any]) -> int:
    """What changed between two versions of a contract, and whom it breaks; exit code 4 when it breaks."""
    from sluice.commands import contracts_diff

    more = {name: given[name] for name in ("folder", "consumers", "ignores")}
    return contracts_diff.diff(options, old=Path(given["old"]), new=Path(given["new"]), **more)


@_command(*ONE, name="list")
def contracts_list(options: "Options") -> int:
    """List a run's contracts with version, state and digest; the stack may be down."""
    from sluice.commands import contracts_list

    return contracts_list.list_contracts(options)


def _phase(number: int, what: str) -> Task:
    def body(options: "Options") -> int:
        from sluice.commands import pipeline

        return pipeline.phase(number, options)

    body.__doc__ = f"Phase {number} and what it needs: {what}. The stack stays up until `down`."
    return _command("run", *MAKE, name=f"phase{number}")(body)


def _listing(what: str, doc: str) -> Task:
    def body(options: "Options") -> int:
        from sluice.commands import lists

        listed: int = getattr(lists, what)(options)
        return listed

    body.__doc__ = doc
    return _command("json", name=what)(body)


ns = Collection(
    pipeline,
    resume,
    plan,
    up,
    down,
    status,
    logs,
    compose,
    reap,
    forget,
    gate,
    report,
    runs,
    images,
    _phase(1, "the three Build 1 services are healthy"),
    _phase(2, "their MCP tools answer as they say"),
    _phase(3, "the Architect reads the PRD (--prd and --json without --run: prints the Decomposition alone)"),
    _phase(4, "every contract is registered and valid"),
    _phase(5, "builders make the services and are measured"),
    _phase(6, "the services run and are tested against their contracts"),
    _phase(7, "the four layers of the quality gate"),
    _listing("checks", "List the checks of the quality gate."),
    _listing("builders", "List the builders."),
    _listing("runtimes", "List the runtimes, and whether this machine can run them."),
    _listing("phases", "List the phases in order, with what they consume and produce."),
)
ns.add_collection(Collection("contracts", contracts_validate, contracts_rules, contracts_diff, contracts_list))
ns.add_collection(Collection("code", code_index, code_find, code_route, code_event, code_put))

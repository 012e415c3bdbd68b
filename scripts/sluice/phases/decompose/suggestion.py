"""What a language model reads in the PRD, asked once and recorded: the same inputs never ask twice."""

from pathlib import Path

from pydantic import ValidationError

from sluice.core.config import Settings
from sluice.core.errors import InputError
from sluice.core.files import digest, write_atomic
from sluice.engine.stack import Emit
from sluice.model.suggestion import Recording, Suggestion
from sluice.phases.decompose import llm

LLM = "llm"
RECORDING = Path("inputs", "architect.json")


def require(settings: Settings, run: Path) -> None:
    """Say before anything starts that nobody can be asked.

    Raises:
        InputError: settings or key are missing, and there is no recording that could stand in for an answer.
    """
    recorded = [run / RECORDING, *([Path(settings.architect_recording)] if settings.architect_recording else [])]
    if settings.architect == LLM and not any(place.is_file() for place in recorded):
        llm.endpoint(settings)


def obtain(prd: str, settings: Settings, own: Path | None, emit: Emit) -> Suggestion | None:
    """The suggestion that goes to the Architect with the document, None unless `settings.architect` is `llm`.

    A file that `architect_recording` names is replayed where it exists; else what `own` recorded from the same document
    and endpoint; else the endpoint is asked, and its answer recorded in both places.

    Raises:
        InputError: settings or key are missing, or the named recording is damaged or about another document.
        EnvironmentFailure: the endpoint gave no usable answer; the rules alone are not taken instead.
    """
    if settings.architect != LLM:
        return None
    named = Path(settings.architect_recording) if settings.architect_recording else None
    found = _named(named, prd) if named else None
    if found is None and own is not None:
        found = _same(own, prd, settings)
    if found is not None:
        emit("architect.replayed", f"a recorded answer of {found.model} is used again", model=found.model)
    else:
        where = llm.endpoint(settings)
        emit("architect.asked", f"asking {where.model} at {where.url}", model=where.model, url=where.url)
        answer = llm.ask(prd, where)
        found = Recording(prd=digest(prd), api=where.api, url=where.url, model=where.model, suggestion=answer)
    if own is not None and _read(own) != found:
        _write(own, found)
    if named is not None and not named.is_file():
        _write(named, found)
    return found.suggestion


def _write(place: Path, recording: Recording) -> None:
    """Write it, readable by its owner alone, as the document may be confidential."""
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(place, recording.model_dump_json(indent=1, exclude_defaults=True) + "\n", mode=0o600)


def _named(place: Path, prd: str) -> Recording | None:
    if not place.is_file():
        return None
    found = _read(place)
    if found is None:
        hint = "give a file that `--architect llm` wrote, or a new name to record"
        raise InputError(f"{place} is no recording of a language model", hint=hint)
    if found.prd != digest(prd):
        hint = "give a new name to record an answer about this document"
        raise InputError(f"{place} was recorded about another document", hint=hint)
    return found


def _same(place: Path, prd: str, settings: Settings) -> Recording | None:
    """The recording where it is about this document and, unless there is nobody to ask, from this endpoint."""
    found = _read(place)
    if found is None or found.prd != digest(prd):
        return None
    asked = (settings.architect_api, llm.url_of(settings), settings.architect_model)
    return found if not settings.architect_model or (found.api, found.url, found.model) == asked else None


def _read(place: Path) -> Recording | None:
    try:
        return Recording.model_validate_json(place.read_bytes())
    except (OSError, ValidationError):
        return None

"""What a stack remembers of itself between processes, its credentials among it (mode 0600)."""

import secrets
import threading
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import Field, ValidationError

from sluice.core.errors import InputError
from sluice.core.files import write_atomic
from sluice.model.base import Model

SECRET_MODE: Final = 0o600


def _password() -> str:
    return secrets.token_urlsafe(24)


class Credentials(Model):
    """Made for one run; `roles` maps a database role to its password."""

    postgres_password: str = Field(default_factory=_password)
    redis_password: str = Field(default_factory=_password)
    jwt_secret: str = Field(default_factory=_password)
    roles: dict[str, str] = Field(default_factory=dict)


M = TypeVar("M", bound=Credentials)


class Ledger(Generic[M]):
    """The memory of one run's stack; every change is stored at once; thread-safe."""

    def __init__(self, path: Path, kind: type[M]) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._memory = _load(path, kind)

    @property
    def memory(self) -> M:
        """What is known now."""
        return self._memory

    def password(self, role: str) -> str:
        """The password of a database role, made when it is first asked for."""
        with self._lock:
            if role not in self._memory.roles:
                self._store(roles={**self._memory.roles, role: _password()})
            return self._memory.roles[role]

    def redact(self, text: str) -> str:
        """The text without any credential of this run."""
        memory = self._memory
        for secret in (memory.postgres_password, memory.redis_password, memory.jwt_secret, *memory.roles.values()):
            text = text.replace(secret, "***")
        return text

    def remember(self, **changes: object) -> None:
        """Replace parts of the memory."""
        with self._lock:
            self._store(**changes)

    def _store(self, **changes: object) -> None:
        self._memory = self._memory.model_copy(update=changes)
        write_atomic(self._path, self._memory.model_dump_json(indent=1), mode=SECRET_MODE)


def _load(path: Path, kind: type[M]) -> M:
    if not path.is_file():
        return kind()
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"cannot read {path}",
            details=[type(error).__name__],  # its text would quote credentials
            hint="end the run with `invoke reap`, then remove the file",
        ) from None

import re
from collections.abc import Callable

from sluice.phases.build.builders.template import pins


def test_every_version_is_exact() -> None:
    lines = pins.runtime(tokens=True, passwords=True, events=True) + pins.development()

    assert all(re.fullmatch(r"[a-z0-9-]+(\[[a-z]+\])?==[0-9][0-9.]*", line) for line in lines)


def test_a_service_requires_what_it_uses_only(rendered: Callable[[str], dict[str, str]]) -> None:
    required = {name: rendered(name)["requirements.txt"] for name in ("studio", "messenger", "hostile")}

    assert [("redis" in text, "pyjwt" in text, "argon2" in text) for text in required.values()] == [
        (True, True, True),
        (True, True, False),
        (False, False, False),
    ]

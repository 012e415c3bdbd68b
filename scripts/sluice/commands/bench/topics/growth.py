"""How the pipeline's time grows with the number of services."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sluice.commands.bench.figure import Figure, Topic, invoke

FEW, MANY = 3, 12


def measure(directory: Path) -> Iterable[Figure]:
    """The same kind of PRD with few and with many services; the first run fills the caches and is not counted."""
    seconds = {}
    for count in (FEW, FEW, MANY):
        prd = directory / f"{count}.md"
        prd.write_text(many_services_prd(count), encoding="utf-8")
        seconds[count] = invoke(directory, "pipeline", "--prd", str(prd), "--runtime", "embedded").seconds
    yield Figure(name=f"{MANY} services", value=seconds[MANY], unit="s", aim="-")
    yield Figure(name=f"{MANY} services / {FEW} services", value=seconds[MANY] / seconds[FEW], unit="x", aim="<= 4")


def many_services_prd(count: int) -> str:
    """A PRD with an account service and `count - 1` services of one entity each."""
    parts = [
        "# Catalogue of many things\n",
        "All endpoints except register and login require a JWT.\n",
        "## account-service\n\nOwns the entity Account.\n",
        "### Account\n\n| Field | Type | Required |\n|---|---|---|\n| id | uuid | yes |",
        "| email | email | yes, unique |\n| password | password | yes |\n| created_at | datetime | yes |\n",
        "- `POST /register` creates an account (201)\n- `POST /login` gives tokens (200)\n",
    ]
    for number in range(1, count):
        noun = f"Thing{chr(64 + number)}"
        path = f"/{noun.lower()}s"
        parts.append(
            f"## thing-{chr(96 + number)}-service\n\nOwns the entity {noun}.\n\n### {noun}\n\n"
            "| Field | Type | Required |\n|---|---|---|\n| id | uuid | yes |\n| title | string | yes |\n"
            f"| weight | integer | no |\n\n- `POST {path}` creates one (201)\n- `GET {path}` lists them (200)\n"
            f"- `GET {path}/{{id}}` reads one (200)\n"
        )
    return "\n".join(parts)


TOPIC: Final = Topic(name="growth", help="twelve services against three", measure=measure)

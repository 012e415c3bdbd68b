"""How well the Architect reads PRDs, and how fast a long one."""

import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sluice.commands.bench.figure import Figure, Topic
from sluice.commands.bench.long_prd import long_prd
from sluice.commands.bench.scoring import KINDS, judge, total
from sluice.commands.bench.truth import corpus
from sluice.services.architect.decompose import decompose

AIMS: Final = {"explicit": 0.95, "implicit": 0.8}


def measure(_: Path) -> Iterable[Figure]:
    """Micro precision and recall over the corpus, refusals, and CPU seconds and memory of a 200 KB document."""
    documents = [*corpus(), long_prd()]
    scored = [(document.truth.form, judge(document)) for document in documents]
    for form, aim in AIMS.items():
        sums = total(score for its, score in scored if its == form)
        for kind in KINDS:
            for name in ("precision", "recall"):
                value = getattr(sums[kind], name)
                yield Figure(name=f"{form}: {kind} {name}", value=value, unit="", aim=f">= {aim}")
    refused = [not any(tally.found for tally in score.tallies.values()) for form, score in scored if form == "refusal"]
    yield Figure(name="documents that are no PRD, refused", value=sum(refused) / len(refused), unit="", aim=">= 1")
    text = long_prd().text
    began = time.process_time()
    decompose(text)
    yield Figure(name="200 KB document, CPU", value=time.process_time() - began, unit="s", aim="<= 2")
    tracemalloc.start()
    decompose(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    yield Figure(name="200 KB document, peak of Python's memory", value=peak / 2**20, unit="MiB", aim="<= 128")


TOPIC: Final = Topic(name="architect", help="precision and recall over the corpus of PRDs", measure=measure)

"""What phase 5 does: build what has to be built, judge what was measured."""

import threading
from collections.abc import Sequence
from math import ceil
from pathlib import Path

from sluice.core import registry
from sluice.core.environment import variable
from sluice.core.errors import InputError
from sluice.core.pyenv import ensure_environment
from sluice.engine import lifecycle
from sluice.engine.phase import Context, Outcome
from sluice.model.build import BuilderResult, BuildResults
from sluice.model.contract import ContractSet
from sluice.phases.build.builder import Builder, builders
from sluice.phases.build.job import Workshop
from sluice.phases.build.outcome import intact
from sluice.phases.build.parallel import run_parallel_builders
from sluice.phases.build.scratch import Scratch


def run(ctx: Context) -> Outcome:
    """One builder for each service that has an OpenAPI contract."""
    services = ctx.artifacts.get(ContractSet).services
    shop = open_workshop(ctx)
    results = tuple(_verified(shop, result) for result in run_parallel_builders(shop, services))
    made = BuildResults(results=results)
    lifecycle.record(ctx, lifecycle.implemented(ctx.artifacts.get(ContractSet), made))
    refused = judge(results, ctx.settings.min_builder_share)
    hint = f"`jobs/` in {ctx.run.root} has what each builder was given and what it wrote" if refused else ""
    successes = sum(result.success for result in results)
    note = f"{successes} of {len(results)} services built and measured"
    return Outcome(artifacts=(made,), refused=refused, hint=hint, note=note)


def open_workshop(ctx: Context) -> Workshop:
    """What builders need.

    Raises:
        InputError: no such builder, or it lacks a setting.
    """
    builder = registry.pick(builders(), ctx.settings.builder, "builder")
    _refuse_keys(builder, builder.command(ctx.run.root, ctx.settings))

    cancelled = threading.Event()

    def environment(files: Sequence[Path]) -> Path:
        return ensure_environment(
            ctx.workspace, files, emit=ctx.emit, run_id=ctx.run.run_id, cancelled=cancelled.is_set
        )

    scratch = Scratch(ctx.stack.up())
    return Workshop(ctx=ctx, builder=builder, scratch=scratch, environment=environment, cancelled=cancelled)


def _refuse_keys(builder: Builder, argv: Sequence[str]) -> None:
    """A command line is open to every user of the machine."""
    for name in builder.key_variables:
        value = variable(name)
        if value and any(value in part for part in argv):
            raise InputError(
                f"the builder's command holds the value of {name}", hint="name it in builder_key_variables"
            )


def judge(results: Sequence[BuilderResult], share: float) -> str:
    """Why the gate refuses, '' when at least `share` of the builders succeeded, one at the least."""
    successes = sum(result.success for result in results)
    needed = max(1, ceil(round(share * len(results), 9)))
    if successes >= needed:
        return ""
    if not results:
        return "no service has an OpenAPI contract to build from"
    reasons = [f"{r.service}: {', '.join(r.measured.problems) or r.status}" for r in results if not r.success]
    return f"{successes} of {len(results)} builders succeeded, {needed} needed ({'; '.join(reasons)})"


def _verified(shop: Workshop, result: BuilderResult) -> BuilderResult:
    """The result, unless another builder changed the installed service after it was measured."""
    if not result.success or intact(shop.ctx.run, result):
        return result
    measured = result.measured.model_copy(update={"problems": ("changed after it was measured",)})
    return result.model_copy(update={"success": False, "status": "failed", "measured": measured})

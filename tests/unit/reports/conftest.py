"""Runs to render: one that passed, one that ended partial, one full of hostile text, one that hardly began."""

import pytest

from sluice.reports.report import RunView
from unit.reports.runs import empty_run, hostile_run, partial_run, passed_run


@pytest.fixture
def passed_view() -> RunView:
    return passed_run()


@pytest.fixture
def partial_view() -> RunView:
    return partial_run()


@pytest.fixture
def hostile_view() -> RunView:
    return hostile_run()


@pytest.fixture
def empty_view() -> RunView:
    return empty_run()


@pytest.fixture(params=["passed_view", "partial_view", "hostile_view", "empty_view"])
def any_view(request: pytest.FixtureRequest) -> RunView:
    """Each of the above."""
    view: RunView = request.getfixturevalue(request.param)
    return view

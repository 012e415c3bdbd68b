import pytest

from sluice.commands import plugins
from sluice.core.errors import EnvironmentFailure, InputError


class Fake:
    """A runtime of which only the choice matters."""

    help = ""

    def __init__(self, name, preference, reason=""):
        self.name, self.preference, self.reason = name, preference, reason

    def unavailable(self):
        return self.reason


@pytest.fixture
def machine(monkeypatch):
    """A machine with these runtimes."""

    def having(*runtimes):
        monkeypatch.setattr(plugins, "all_runtimes", lambda: {runtime.name: runtime for runtime in runtimes})

    return having


@pytest.mark.req("R0-004")
def test_the_seven_phases_are_found_in_their_order():
    found = plugins.all_phases()
    assert [phase.number for phase in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [phase.name for phase in found] == ["health", "smoke", "decompose", "register", "build", "deploy", "gate"]


def test_a_phase_is_found_by_its_number():
    assert plugins.phase_numbered(3).name == "decompose"


@pytest.mark.parametrize("number", [0, 8, 99])
def test_an_unknown_phase_is_an_error_that_names_the_known_ones(number):
    with pytest.raises(InputError, match=f"no phase {number}") as error:
        plugins.phase_numbered(number)
    assert "7 (gate)" in error.value.hint


def test_the_runtimes_and_builders_of_this_installation():
    assert "embedded" in plugins.all_runtimes()
    assert {"template", "command"} <= set(plugins.all_builders())


def test_auto_takes_the_preferred_runtime_that_works_and_says_why_no_other(machine):
    machine(Fake("embedded", 1), Fake("docker", 9, "no engine answers"))
    runtime, why = plugins.choose_runtime("auto")
    assert runtime.name == "embedded"
    assert "docker cannot run here (no engine answers)" in why
    machine(Fake("embedded", 1), Fake("docker", 9))
    assert plugins.choose_runtime("auto")[0].name == "docker"


def test_a_runtime_that_was_asked_for_is_never_replaced_by_another(machine):
    machine(Fake("embedded", 1), Fake("docker", 9, "no engine answers"))
    assert plugins.choose_runtime("embedded")[0].name == "embedded"
    with pytest.raises(EnvironmentFailure) as error:
        plugins.choose_runtime("docker")
    assert error.value.exit_code == 3
    assert error.value.details == ("no engine answers",)


def test_a_machine_that_can_run_nothing_learns_why(machine):
    machine(Fake("embedded", 1, "no wheel"), Fake("docker", 9, "no engine"))
    with pytest.raises(EnvironmentFailure) as error:
        plugins.choose_runtime("auto")
    assert error.value.details == ("embedded: no wheel", "docker: no engine")


def test_an_unknown_runtime_is_bad_input_with_a_suggestion(machine):
    machine(Fake("embedded", 1))
    with pytest.raises(InputError) as error:
        plugins.choose_runtime("embeded")
    assert error.value.hint == "did you mean 'embedded'?"

import pytest
from invoke import Collection, task
from invoke.parser import Parser

from sluice.commands.flags import PairTask


@pytest.fixture
def parse():
    @task(klass=PairTask, help={"diff": "two of them"})
    def report(_c, diff=(), json=False):
        """Report."""

    parser = Parser(contexts=Collection(report).to_contexts())

    def parse(*words):
        (context,) = parser.parse_argv(["report", *words])
        return context.args["diff"].value, context.args["json"].value

    return parse


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ((), ([], False)),
        (("--diff", "a", "b"), (["a", "b"], False)),
        (("--diff", "a", "b", "--json"), (["a", "b"], True)),
        (("--json", "--diff", "a", "b"), (["a", "b"], True)),
        (("--diff", "a", "--json"), (["a", ""], True)),
        (("--diff",), ([""], False)),
    ],
)
def test_a_flag_takes_two_values_and_says_when_one_is_missing(parse, words, values):
    assert parse(*words) == values

import json

import pytest

from sluice.commands.bench import __main__ as bench
from sluice.commands.bench.figure import Figure, Topic
from sluice.core.errors import InputError


@pytest.fixture
def asked(monkeypatch):
    seen = []

    def topic(name):
        def measure(directory):
            seen.append((name, directory.is_dir()))
            yield Figure(name="resume", value=1.23456, unit="s", aim="<= 1.5")

        return Topic(name=name, help="", measure=measure)

    monkeypatch.setattr(bench, "discover", lambda *_: {name: topic(name) for name in ("one", "two")})
    return seen


def test_every_topic_is_measured_in_its_own_directory_unless_some_are_named(asked, capsys):
    assert bench.main(["--json"]) == bench.main(["two"]) == 0
    as_json, _, text = capsys.readouterr().out.partition("]\n")
    assert [row["value"] for row in json.loads(as_json + "]")] == [1.235, 1.235]
    assert "resume" in text
    assert "aim <= 1.5" in text
    assert asked == [("one", True), ("two", True), ("two", True)]


@pytest.mark.usefixtures("asked")
def test_an_unknown_topic_is_refused_by_name():
    with pytest.raises(InputError, match="no topic is called 'three'"):
        bench.main(["three"])


def test_each_topic_of_the_package_is_found(capsys):
    with pytest.raises(SystemExit):
        bench.main(["--help"])
    assert {"pipeline", "docker"} <= set(capsys.readouterr().out.replace(":", " ").split())

from sluice.phases.deploy.runtimes.docker.merge import Merged, lines, origins_of

FIRST = {"services": {"alpha": {"image": "a:1", "ports": [{"published": "1"}], "labels": {}}}}
SECOND = {
    "services": {"alpha": {"image": "a:2", "ports": [{"published": "1"}, {"published": "2"}], "labels": {"x": "y"}}}
}
NAMES = ["one.yml", "two.yml"]


def test_a_value_comes_from_the_file_that_made_it_what_it_is():
    found = origins_of([FIRST, SECOND], NAMES)
    alpha = ("services", "alpha")
    assert found[*alpha, "image"] == "two.yml"
    assert found[*alpha, "labels", "x"] == "two.yml"
    assert {key[-1]: name for key, name in found.items() if "ports" in key} == {
        "[{published: '1'}]": "one.yml",
        "[{published: '2'}]": "two.yml",
    }


def test_a_value_that_a_later_file_repeats_stays_the_earlier_ones():
    assert set(origins_of([FIRST, FIRST], NAMES).values()) == {"one.yml"}


def test_what_a_later_file_removes_has_no_origin():
    assert origins_of([{"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}], NAMES) == {("a", "b"): "one.yml"}


def test_the_model_is_printed_as_yaml_with_a_file_behind_each_value():
    origins = {".".join(keys): name for keys, name in origins_of([FIRST, SECOND], NAMES).items()}
    printed = lines(Merged(model=SECOND, origins=origins))
    assert [" ".join(line.split()) for line in printed] == [
        "services:",
        "alpha:",
        "image: a:2 # two.yml",
        "ports:",
        "- {published: '1'} # one.yml",
        "- {published: '2'} # two.yml",
        "labels:",
        "x: y # two.yml",
    ]

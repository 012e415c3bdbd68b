from sluice.commands.gate_proof.tree import MARK, Tree


def test_marks_never_reach_the_text_and_become_places():
    tree = Tree({"a.py": "one\ntwo"})
    places = tree.splice("a.py", 2, 1, f"new\n{MARK}bad")
    assert tree.read("a.py") == "one\nnew\nbad\ntwo"
    assert [(place.path, place.first, place.last) for place in places] == [("a.py", 3, 3)]


def test_places_move_with_edits_above_and_stay_with_edits_below():
    tree = Tree({"a.py": "one\ntwo\nthree"})
    (place,) = tree.splice("a.py", 2, 2, f"{MARK}bad")
    tree.splice("a.py", 1, 0, "first\nsecond")
    tree.splice("a.py", 5, 5, "last\nof all")
    assert tree.read("a.py").split("\n")[place.first - 1] == "bad"
    tree.cut("a.py", 1, 2)
    assert tree.read("a.py").split("\n")[place.first - 1] == "bad"


def test_what_was_undone_leaves_nothing_behind():
    tree = Tree({"a.py": "one\ntwo"})
    (place,) = tree.splice("a.py", 2, 2, f"{MARK}bad")
    before = tree.snapshot()
    tree.splice("a.py", 1, 0, f"{MARK}x\ny")
    tree.add("b.py", "z")
    tree.restore(before)
    assert tree.changed == {"a.py": "one\nbad"}
    assert (place.first, tree.paths) == (2, ["a.py"])


def test_a_finding_belongs_to_a_place_within_its_slack_and_file():
    tree = Tree({"a.py": "one"})
    place = tree.place("a.py", 10, 12)
    assert [line for line in range(1, 20) if place.holds("a.py", line, 2)] == [8, 9, 10, 11, 12, 13, 14]
    assert not place.holds("b.py", 11, 2)

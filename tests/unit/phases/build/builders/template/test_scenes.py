from sluice.phases.build.builders.template.scenes import Scene, joined, mapping, names, needed, tidy


def test_a_body_can_be_had_with_one_property_replaced() -> None:
    scene = Scene(parts={"a": "1", "b": "str(row.id)"})

    assert scene.body_with("a", "2") == "{'a': 2, 'b': str(row.id)}"
    assert scene.body_with() == mapping(scene.parts)


def test_a_query_is_put_inside_the_quotes() -> None:
    assert joined("'/a'", "x=1") == "'/a?x=1'"
    assert joined('f"/a/{b}?c=1"', "x=1") == 'f"/a/{b}?c=1&x=1"'
    assert joined("'/a'", "") == "'/a'"


def test_a_name_is_used_where_it_stands_alone() -> None:
    assert names("add(session, caller)", "caller")
    assert names("get(url, headers=headers)", "headers")
    assert not names('x["caller"] + row.caller', "caller")


def test_only_lines_whose_names_are_used_are_kept() -> None:
    lines = ["parent = add_a(session)", "row = add_b(session, a=parent)", "other = add_c(session)"]

    assert needed(lines, 'f"/b/{row.id}"') == lines[:2]


def test_a_row_that_is_not_used_again_gets_no_name() -> None:
    body = "    row = add_a(session)\n    other = add_b(session)\n\n    assert other.id\n"

    assert tidy(body) == "    add_a(session)\n    other = add_b(session)\n\n    assert other.id"

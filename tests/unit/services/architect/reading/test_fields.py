import pytest

from sluice.services.architect.reading import fields, shapes


@pytest.mark.parametrize(
    ("name", "about", "expected"),
    [
        ("email", "string", "email"),
        ("contact", "email address", "email"),
        ("price", "decimal(10,2)", "number"),
        ("count", "", "integer"),
        ("done", "", "boolean"),
        ("is_open", "", "boolean"),
        ("starts_at", "", "datetime"),
        ("due_date", "", "date"),
        ("birthday", "date", "date"),
        ("website", "", "uri"),
        ("notes", "", "text"),
        ("title", "", "string"),
        ("tags", "string[]", "array"),
        ("lines", "list of strings", "array"),
        ("settings", "json", "object"),
        ("owner", "uuid", "uuid"),
        ("user_id", "", "uuid"),
        ("channel", "one of email, sms", "string"),
        ("name", "the name of the customer", "string"),
    ],
)
def test_the_type_follows_from_words_and_else_from_the_name(name, about, expected):
    assert shapes.field(name, about).type == expected


@pytest.mark.parametrize(
    "text",
    [
        "enum: open, closed, done",
        "enum(open, closed, done)",
        "one of `open`, `closed` or `done`; default open",
        "string; one of open, closed and done.",
        "open | closed | done",
        "'open' | 'closed' | 'done'",
        "either open, closed or done",
        "one of open (new), closed (over), done",
    ],
)
def test_values_are_found_in_every_notation(text):
    assert fields.enum_values(text) == ("open", "closed", "done")


@pytest.mark.parametrize("text", ["", "one of the customers", "a text", "this can be anything", "values may differ"])
def test_prose_is_no_list_of_values(text):
    assert fields.enum_values(text) == ()


@pytest.mark.parametrize(
    ("name", "about", "expected"),
    [
        ("title", "string, max 120 characters", {"maxLength": 120}),
        ("title", "varchar(80)", {"maxLength": 80}),
        ("password", "password, 8 to 128 characters", {"minLength": 8, "maxLength": 128}),
        ("quantity", "integer between 1 and 5", {"minimum": 1, "maximum": 5}),
        ("score", "integer 1-5", {"minimum": 1, "maximum": 5}),
        ("price", "number >= 0", {"minimum": 0}),
        ("note", "text, up to 2,000 characters", {"maxLength": 2000}),
        ("items", "list of strings, at most 8 items", {"maxItems": 8}),
        ("size", "integer, at least 5, at most 3", {}),
        ("active", "boolean, at most 3", {}),
    ],
)
def test_bounds_are_kept_in_the_words_of_json_schema(name, about, expected):
    assert shapes.field(name, about).constraints == expected


def test_a_default_is_one_of_the_values():
    assert fields.parse("status", "one of open, closed; default Closed").default == "closed"
    assert fields.parse("status", "one of open, closed; default nothing").default is None
    assert fields.parse("read", "boolean, default false").default is False
    assert fields.parse("minutes", "integer, default 20").default == 20


@pytest.mark.parametrize(
    "about", ["uuid, references Doctor", "uuid → Doctor", "foreign key to Doctor", "id of a doctor", ""]
)
def test_a_reference_is_found_in_text_or_name(about):
    assert fields.parse("doctor_id", about).references == "Doctor"


def test_the_key_refers_to_nothing():
    assert fields.parse("id", "uuid, references nothing").references is None


def test_optional_and_required_are_told_apart():
    assert fields.parse("note", "text, optional").required is False
    assert fields.parse("note", "text, nullable").required is False
    assert fields.parse("note", "text").required is True
    assert fields.parse("note", "text, optional", required=True).required is True


@pytest.mark.parametrize("about", ["generated", "set by the service", "computed from the items", "read-only"])
def test_what_the_service_sets_is_read_only(about):
    assert fields.parse("anything", about).read_only


def test_a_keyword_is_renamed_and_an_unusable_name_is_no_field():
    assert fields.parse("class", "string").name == "class_value"
    assert fields.parse("{{7*7}}", "string") is None
    assert fields.parse("userName", "string").name == "user_name"


def test_a_very_long_description_is_read_in_part_only():
    assert fields.parse("title", "string " + "word " * 100_000).type == "string"

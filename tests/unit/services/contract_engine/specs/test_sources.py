import pytest

from sluice.services.contract_engine.specs.validate import validate_file

DOCUMENT = """\
openapi: 3.1.0
info: {title: books, version: "1"}
paths:
  /books:
    $ref: paths/books.yaml#/books
components:
  schemas:
    Book: {$ref: "REFERENCE"}
"""
PATHS = """\
books:
  get:
    responses:
      "200":
        description: All
        content:
          application/json:
            schema: {$ref: "../schemas/book.json"}
            example: {title: 5}
"""
BOOK = '{\n  "type": "object",\n  "properties": {"title": {"type": "string"}, "next": {"$ref": "#"}}\n}\n'


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    (folder / "paths").mkdir(parents=True)
    (folder / "schemas").mkdir()
    (folder / "paths" / "books.yaml").write_text(PATHS)
    (folder / "schemas" / "book.json").write_text(BOOK)
    (tmp_path / "secret.json").write_text(BOOK)
    return folder


def report_of(root, reference="schemas/book.json"):
    path = root / "api.yaml"
    path.write_text(DOCUMENT.replace("REFERENCE", reference))
    return validate_file(path, root)


def test_references_are_followed_through_files_and_values_are_judged_across_them(root):
    report = report_of(root)
    assert (report.valid, report.errors) == (True, ())
    (example,) = (fault for fault in report.warnings if fault.rule == "openapi.example")
    assert (example.file, example.line, example.message) == ("paths/books.yaml", 9, '5 is not of type "string"')


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("../secret.json", "ref.outside"),
        ("%2e%2e/secret.json", "ref.outside"),
        ("/etc/passwd", "ref.outside"),
        ("link.json", "ref.outside"),
        ("schemas\\\\book.json", "ref.outside"),
        ("file:///etc/passwd", "ref.external"),
        ("http://127.0.0.1:1/x.json", "ref.external"),
        ("//127.0.0.1/x.json", "ref.external"),
        ("none.json", "ref.missing"),
        ("schemas", "ref.missing"),
        ("schemas/book.json#/none", "ref.dangling"),
        ("schemas/book.json#/properties/title/type", "ref.kind"),
    ],
)
def test_a_reference_that_may_not_be_followed_is_told_at_its_place(root, reference, rule):
    (root / "link.json").symlink_to(root.parent / "secret.json")
    report = report_of(root, reference)
    assert [(f.rule, f.file, f.line, f.pointer) for f in report.errors] == [
        (rule, "api.yaml", 8, "/components/schemas/Book/$ref")
    ]


def test_files_that_refer_to_each_other_end_in_a_fault(root):
    (root / "a.yaml").write_text('x: {$ref: "b.yaml#/x"}')
    (root / "b.yaml").write_text('x: {$ref: "a.yaml#/x"}')
    assert {fault.rule for fault in report_of(root, "a.yaml#/x").errors} == {"ref.cycle"}


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        (b'{"type": ', "document.syntax", (1, 10)),
        (b"type: object\ntype: object", "document.duplicate-key", (2, 1)),
        (b"title: \xff", "document.encoding", (1, 8)),
        (b'{"type": "object",\n "properties": {"a": {"type": "strin"}}}', "openapi.schema", (2, 23)),
    ],
)
def test_a_fault_in_another_file_is_told_in_that_file(root, content, rule, place):
    (root / "schemas" / "book.json").write_bytes(content)
    first = report_of(root).errors[0]
    assert (first.rule, first.file, (first.line, first.column)) == (rule, "schemas/book.json", place)

def by_id(found):
    return {requirement.id: requirement for requirement in found.requirements}


def test_ids_of_the_document_are_kept_with_what_covers_them(shop):
    found = shop(
        "## shop-service\n\n- `POST /baskets`\n\n## Requirements\n\n"
        "- REQ-1: A Basket can be made (`POST /baskets`).\n- FR-12 Letters are kept.\n"
    )
    requirements = by_id(found)
    assert requirements["REQ-1"].covered_by == ("POST /baskets", "Basket")
    assert requirements["FR-12"].covered_by == ("Letter",)
    assert found.service_map.named("shop-service").endpoints[0].requirement == "REQ-1"


def test_sentences_that_oblige_get_an_id_from_their_line(shop):
    found = shop("## Requirements\n\n- Every Basket must be counted.\n- Nice weather.\n")
    assert by_id(found)["R-12"].text == "Every Basket must be counted."
    assert "R-13" not in by_id(found)


def test_standards_are_no_requirements(shop):
    found = shop("## Requirements\n\n- UTF-8 is used.\n- ISO-8601 is used.\n- SHA-256 too.\n")
    assert not {"UTF-8", "ISO-8601", "SHA-256"} & by_id(found).keys()


def test_rows_and_headings_with_an_id_count(shop):
    found = shop("## US-3 Baskets\n\nText.\n\n| Id | Text |\n|---|---|\n| NFR-1 | Fast |\n")
    assert {"US-3", "NFR-1"} <= by_id(found).keys()


def test_one_id_twice_is_a_question(shop, ask):
    found = shop("## Requirements\n\n- REQ-1: One.\n- REQ-1: Two.\n")
    assert by_id(found)["REQ-1"].text == "REQ-1: One."
    assert "REQ-1" in ask(found)


def test_a_service_is_covered_by_what_it_answers(shop):
    found = shop("## shop-service\n\n- `POST /baskets`\n- `GET /baskets`\n")
    service = found.service_map.named("shop-service")
    assert by_id(found)[service.requirement].covered_by[:2] == ("POST /baskets", "GET /baskets")

import pytest

from sluice.commands.bench import scoring
from sluice.commands.bench.scoring import Tally, compare, flat, judge, matched, name_key, path_key, total
from sluice.commands.bench.truth import Document, Loose, TrueEntity, TrueEvent, Truth
from sluice.model.decomposition import Decomposition
from sluice.model.domain import DomainModel, Entity, EntityField, Event
from sluice.model.service_map import Endpoint, Service, ServiceMap

TRUTH = Truth(
    form="explicit",
    language="en",
    why="a test",
    services={"zoo-service": (), "ticket-service": ("tickets",)},
    entities={
        "Animal": TrueEntity(owner="zoo-service", fields=("id", "name", "bornOn")),
        "Ticket": TrueEntity(owner="ticket-service", aliases=("EntryTicket",)),
    },
    endpoints={"zoo-service": ("GET /animals/{animalId}",), "ticket-service": ("POST /tickets",)},
    events={"TicketSold": TrueEvent(publisher="ticket-service", consumers=("zoo-service",))},
    optional=Loose(entities=("Cage",), fields=("Animal.nick_name",)),
)


def answer(*, zoo="zoo-service", tickets="tickets", animal="Animal", fields=("name", "born_on"), consumer=None):
    zoo_endpoints = (Endpoint(method="GET", path="/animals/{id}/"), Endpoint(method="GET", path="/health"))
    return Decomposition(
        service_map=ServiceMap(
            services=(
                Service(name=zoo, original_name=zoo, endpoints=zoo_endpoints),
                Service(
                    name=tickets, original_name=tickets, endpoints=(Endpoint(method="POST", path="/tickets?dry=1"),)
                ),
            )
        ),
        domain_model=DomainModel(
            entities=(
                Entity(name=animal, owner=zoo, fields=tuple(EntityField(name=name, type="string") for name in fields)),
                Entity(name="EntryTicket", owner=tickets),
                Entity(name="Cage", owner=zoo),
            )
        ),
        events=(Event(name="ticket.sold", publisher=tickets, consumers=(consumer or zoo,)),),
    )


def test_an_answer_that_says_the_same_in_other_spellings_is_perfect():
    score = compare(TRUTH, answer(fields=("id", "name", "born_on", "created_at", "nickName")))
    assert score.misses == []
    assert all((tally.precision, tally.recall) == (1, 1) for tally in score.tallies.values())
    assert score.tallies["links"].expected == 6


def test_what_is_missing_and_what_is_invented_are_told_apart():
    score = compare(TRUTH, answer(animal="Fish"))
    assert {"missing entities: animal", "extra entities: fish"} <= set(score.misses)
    assert score.tallies["entities"] == Tally(found=2, right=1, expected=2)


def test_a_wrong_owner_is_a_wrong_link_and_not_a_wrong_entity():
    found = answer()
    animal, *others = found.domain_model.entities
    moved = DomainModel(entities=(animal.model_copy(update={"owner": "tickets"}), *others))
    score = compare(TRUTH, found.model_copy(update={"domain_model": moved}))
    assert score.misses == [
        "missing links: animal of zoo-service",
        "extra links: animal of ticket-service",
        "missing fields: animal.id",
    ]


def test_a_wrong_consumer_is_a_wrong_link():
    score = compare(TRUTH, answer(consumer="tickets"))
    assert "missing links: TicketSold consumer zoo-service" in score.misses
    assert score.tallies["events"].recall == 1


def test_missing_and_superfluous_fields_are_counted():
    score = compare(TRUTH, answer(fields=("name", "colour")))
    assert score.tallies["fields"] == Tally(found=2, right=1, expected=3)


def test_a_refused_document_has_found_nothing():
    score = compare(TRUTH, None)
    assert score.tallies["services"] == Tally(found=0, right=0, expected=2)
    assert score.tallies["links"] == Tally()


def test_what_a_document_leaves_open_is_not_scored():
    score = compare(TRUTH.model_copy(update={"unscored": ("endpoints", "events", "fields")}), answer(fields=()))
    assert [kind for kind, tally in score.tallies.items() if not tally.expected] == ["endpoints", "events", "fields"]


def test_an_explicit_service_must_carry_its_own_name():
    assert matched(TRUTH, {"zoo": {"animal"}}) == {"zoo": "zoo"}


def test_an_implicit_service_is_known_by_what_it_owns():
    implicit = TRUTH.model_copy(update={"form": "implicit"})
    owned = {"beasts": {"animal", "GET /animals/{}"}, "tickets-service": set(), "shop": {"souvenir"}}
    names = {"beasts": "zoo-service", "tickets-service": "ticket-service", "shop": "shop"}
    assert matched(implicit, owned) == names


def test_one_true_service_stands_for_one_found_service_only():
    implicit = TRUTH.model_copy(update={"form": "implicit"})
    assert matched(implicit, {"zoo": set(), "zoo-service": set()}) == {
        "zoo": "zoo-service",
        "zoo-service": "zoo-service",
    }


def test_services_that_a_reader_may_add_are_not_counted():
    truth = TRUTH.model_copy(update={"form": "implicit", "optional": Loose(services=("cage-service",))})
    found = answer()
    more = ServiceMap(services=(*found.service_map.services, Service(name="cages", original_name="Cages")))
    cage = ServiceMap(services=(*found.service_map.services, Service(name="cage", original_name="Cage")))
    assert "extra services: cages" in compare(truth, found.model_copy(update={"service_map": more})).misses
    assert compare(truth, found.model_copy(update={"service_map": cage})).tallies["services"].precision == 1


def test_a_refusal_of_a_prd_is_said():
    document = Document(name="empty", text=" ", truth=TRUTH)
    assert judge(document).misses[-1] == "refused: The document is empty"


def test_sums_are_micro_sums():
    one, other = compare(TRUTH, answer()), compare(TRUTH, None)
    assert total([one, other])["services"] == Tally(found=2, right=2, expected=4)
    assert total([])["services"].precision == 1


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("get /a/{aId}/b?x=1", "GET /a/{}/b"),
        ("GET /a/:id", "GET /a/{}"),
        ("GET /a/<id>/", "GET /a/{}"),
        ("POST /", "POST /"),
    ],
)
def test_paths_are_compared_without_the_names_of_parameters(path, key):
    assert path_key(path) == key


def test_names_are_compared_without_case_accents_and_separators():
    assert flat("Línea de_Pedido") == flat("lineaDePedido")
    assert name_key("servico-de-reservas") == name_key("reservas-service") == "reservas"


def test_the_misses_of_one_document_are_printed(monkeypatch, capsys):
    documents = [Document(name=name, text=" ", truth=TRUTH) for name in ("one", "other")]
    monkeypatch.setattr(scoring, "corpus", lambda: documents)
    assert scoring.main(["one"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("one (explicit, en)\n  missing services: ticket-service\n")
    assert "other" not in printed
    assert "recall 0.000 of 2" in printed

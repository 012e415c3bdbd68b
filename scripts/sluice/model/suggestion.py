"""What a language model makes of a PRD: the same shapes as in a Decomposition, and a record of having asked."""

from sluice.model.base import Model
from sluice.model.domain import DomainModel, Event
from sluice.model.service_map import ServiceMap


class Suggestion(Model):
    """Services, entities and events that somebody else than the Architect proposes; nothing in it is trusted."""

    service_map: ServiceMap = ServiceMap()
    domain_model: DomainModel = DomainModel()
    events: tuple[Event, ...] = ()


class Recording(Model):
    """One answer of a language model, kept to be used again; `prd` is the digest of the document it was about."""

    prd: str
    api: str
    url: str
    model: str
    suggestion: Suggestion

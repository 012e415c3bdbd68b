"""Why a document was refused."""

from sluice.core.errors import InputError


class PrdRefused(InputError):
    """The text is not a PRD that services can be derived from; `brief` and `details` say what was missing."""

"""What changed between two versions of a contract."""

from typing import Literal

from sluice.model.base import Model

Severity = Literal["error", "warning", "info"]


class ContractChange(Model):
    """One change; `error` breaks consumers, `warning` may, `info` does not.

    `direction` is that of the data as a consumer sees it (`request`: it sends, `response`: it receives; '' for whole
    operations).  `pointer` is an RFC 6901 JSON pointer into the new document, or, for what is gone, into the old one.
    `fields` are the places in the body where the change shows, such as `items[].price`.  `consumers` are known
    consumers that it hits, with the reason; `ignored` is why it does not count, '' when it does.
    """

    rule: str
    severity: Severity
    direction: Literal["", "request", "response"]
    method: str
    path: str
    pointer: str
    message: str
    consumers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    ignored: str = ""


class ContractDiff(Model):
    """All changes, the worst first; `breaking` when one of severity `error` is not ignored.

    `consumers` sums up what hits each known consumer; `notes` say what of the input did not count.
    """

    breaking: bool
    kind: str
    old_version: str = ""
    new_version: str = ""
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    ignored: int = 0
    consumers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[ContractChange, ...] = ()

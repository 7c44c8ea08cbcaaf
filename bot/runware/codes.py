"""Runware's error codes, sorted into the few kinds that a reader acts on.

The codes are hundreds, and unstable, so they are told apart by rule and not by a list (facts §4.2). The
first rule that fits wins: what the key, the balance or the prompt is refused for also begins with
`invalid`, and must not be taken for a fault of the order.
"""

import re
from enum import Enum, auto


class Kind(Enum):
    """What an error code is about."""

    QUOTA = auto()
    """The balance."""
    RATE = auto()
    """Too many requests for now."""
    SAFETY = auto()
    """What was asked for may not be drawn."""
    AUTH = auto()
    """Our key, or the account behind it."""
    TIMEOUT = auto()
    """Something took too long."""
    ABSENT = auto()
    """Runware does not find the task, or its result: it proves nothing (facts §2)."""
    NOT_FOUND = auto()
    """Runware does not find something else, or the task was cancelled."""
    SERVER = auto()
    """Runware itself."""
    PROVIDER = auto()
    """The machinery behind Runware; a new attempt may work."""
    VALIDATION = auto()
    """The order is wrong as it stands."""
    OTHER = auto()
    """A code that no rule knows."""


_RULES = (
    (Kind.QUOTA, r"credits|quota|balance|^paymentrequired$"),
    (Kind.RATE, r"ratelimit|toomanyrequests|concurrentrequests"),
    (
        Kind.SAFETY,
        (
            r"^((provider)?contentpolicyviolation|(sensitive|unsafe|nsfw)contentdetected"
            r"|(prompt|image)blocked|moderationfailed|invalidprovidercontent)$"
        ),
    ),
    (
        Kind.AUTH,
        (
            r"apikey|^(token|organization|workspace)|^account(suspended|disabled)$"
            r"|^(unauthorized|forbidden|permissiondenied|insufficientpermissions|authenticationfailed)$"
        ),
    ),
    (Kind.TIMEOUT, r"timeout"),
    (Kind.ABSENT, r"^(task)?(failedor|details|result|response|request)?(notfound|expired)$"),
    (Kind.NOT_FOUND, r"^(taskcancelled|unknownmodel)$|(notfound|expired)$"),
    (
        Kind.SERVER,
        (
            r"^(bad)?gateway|^(internalservererror|serviceunavailable|serverunavailable|standarderror|unknownerror"
            r"|undefinederror|defaulterror|unrecognizedresponse)$"
        ),
    ),
    (
        Kind.PROVIDER,
        (
            r"^(inferenceerror|processingfailed|taskfailed|downloadfailed|uploadfailed|noavailableserver"
            r"|model(unavailable|disabled|notready)|mediastoragefilecouldnotbemoved)$|^provider"
        ),
    ),
    (
        Kind.VALIDATION,
        (
            r"^(invalid|missing|conflict|duplicate|unsupported|value|array|max)"
            r"|^(unknownparameter|incompatibleparameters|modelownershipvalidationerror"
            r"|modelalreadyexists|validationfailed)$"
        ),
    ),
)
_COMPILED = tuple((kind, re.compile(rule)) for kind, rule in _RULES)
_OF_AN_ORDER = re.compile(
    r"^(taskcancelled|taskfailed|inferenceerror|processingfailed|downloadfailed|uploadfailed)$"
    r"|^(?!missing|unsupported|max|value|array).*(dataset|model|image|prompt)"
)
"""A look names neither a dataset nor a model; that it lacks one is what a confused Runware may say of it."""


def kind_of(code: str) -> Kind:
    """Return what `code` is about, whatever its capitals."""
    low = code.lower()
    return next((kind for kind, rule in _COMPILED if rule.search(low)), Kind.OTHER)


def is_conflict(code: str) -> bool:
    """`code` says that Runware knows our task already: the order was accepted before."""
    return code.lower() == "conflicttaskuuid"


def is_about_the_id(code: str) -> bool:
    """`code` is about the id under which we asked, and says nothing of how the task went."""
    return code.lower().endswith("taskuuid")


def is_outcome(code: str) -> bool:
    """`code` can only be about what became of an order, never about a look at it."""
    kind = kind_of(code)
    if kind in (Kind.NOT_FOUND, Kind.PROVIDER, Kind.VALIDATION):
        return bool(_OF_AN_ORDER.search(code.lower()))
    return kind is Kind.SAFETY

"""What we ask of the store and of the world, as Protocols in domain words; adapters answer, services ask."""

from bot.ports.alarms import Alarms, Books, HandedOver, Reading, Spending
from bot.ports.governance import Absences, Audit, Freeze, Freezes, Ledger, Library
from bot.ports.messenger import CardTag, Messenger, Posted
from bot.ports.outbox import MAY_STAND, Card, Outbox, Pending
from bot.ports.people import Directory
from bot.ports.pictures import (
    FOREIGN_HOST,
    TOO_LARGE,
    Archives,
    DatasetInspector,
    FinishedPicture,
    Inspection,
    PictureFetcher,
    SharedFiles,
)
from bot.ports.provider import Accountant, ImageGenerator, Trainer, Usage
from bot.ports.store import Generations, Proposals, Runs, Shelf, Store, Styles, Transaction

__all__ = [
    "FOREIGN_HOST",
    "MAY_STAND",
    "TOO_LARGE",
    "Absences",
    "Accountant",
    "Alarms",
    "Archives",
    "Audit",
    "Books",
    "Card",
    "CardTag",
    "DatasetInspector",
    "Directory",
    "FinishedPicture",
    "Freeze",
    "Freezes",
    "Generations",
    "HandedOver",
    "ImageGenerator",
    "Inspection",
    "Ledger",
    "Library",
    "Messenger",
    "Outbox",
    "Pending",
    "PictureFetcher",
    "Posted",
    "Proposals",
    "Reading",
    "Runs",
    "SharedFiles",
    "Shelf",
    "Spending",
    "Store",
    "Styles",
    "Trainer",
    "Transaction",
    "Usage",
]

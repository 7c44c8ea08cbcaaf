"""What we ask of the store and of the world, as Protocols in domain words; adapters answer, services ask."""

from bot.ports.alarms import Alarms, Books, Reading, Spending
from bot.ports.outbox import Card, Outbox, Pending
from bot.ports.store import Generations, Runs, Shelf, Store, Styles, Transaction
from bot.ports.world import (
    Accountant,
    Archives,
    CardTag,
    DatasetInspector,
    FinishedPicture,
    ImageGenerator,
    Inspection,
    Messenger,
    PictureFetcher,
    Posted,
    SharedFiles,
    Trainer,
    Usage,
)

__all__ = [
    "Accountant",
    "Alarms",
    "Archives",
    "Books",
    "Card",
    "CardTag",
    "DatasetInspector",
    "FinishedPicture",
    "Generations",
    "ImageGenerator",
    "Inspection",
    "Messenger",
    "Outbox",
    "Pending",
    "PictureFetcher",
    "Posted",
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

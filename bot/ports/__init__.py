"""What we ask of the store and of the world, as Protocols in domain words; adapters answer, services ask."""

from bot.ports.store import Card, Generations, Outbox, Pending, Runs, Shelf, Store, Styles, Transaction
from bot.ports.world import (
    Archives,
    DatasetInspector,
    FinishedPicture,
    ImageGenerator,
    Inspection,
    Messenger,
    PictureFetcher,
    Posted,
    SharedFiles,
    Trainer,
)

__all__ = [
    "Archives",
    "Card",
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
    "Runs",
    "SharedFiles",
    "Shelf",
    "Store",
    "Styles",
    "Trainer",
    "Transaction",
]

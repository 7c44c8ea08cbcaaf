"""The disk: the room that is left where the database grows, and the datasets beside it."""

import asyncio
import shutil

from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import Patient

DISK = "Disk"
LEAST_FREE = 1_000_000_000
"""Bytes; a dataset and its copies may need most of that."""


async def check_disk(patient: Patient) -> Finding:
    """Say whether 1 GB is left."""
    folder = patient.database.absolute().parent
    try:
        free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    except OSError:
        return Finding(DISK, Mark.LOOK, "Not checked: the database's folder is not there.")
    return told(free)


def told(free: int) -> Finding:
    """Return what `free` bytes mean."""
    sentence = f"{free / 1e9:,.1f} GB free where the database is"
    if free > LEAST_FREE:
        return Finding(DISK, Mark.OK, sentence)
    return Finding(DISK, Mark.FAULT, f"Only {sentence}.", "Make room: 1 GB at least.")

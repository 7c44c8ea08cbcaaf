"""Where all chance comes from: one seed, from which every draw of a schedule is made.

The ids that the program makes are drawn from the seed too, at the edge where it asks the operating system
for randomness. Nothing here knows what is drawn for.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seeded_entropy(seed: int) -> Iterator[None]:
    """Let `uuid4`, `secrets` and `random` give what follows from `seed` within the block."""
    source = random.Random(f"entropy {seed}")
    urandom, inner, state = os.urandom, vars(random)["_urandom"], random.getstate()
    os.urandom = source.randbytes
    vars(random)["_urandom"] = source.randbytes
    random.seed(seed)
    try:
        yield
    finally:
        os.urandom, vars(random)["_urandom"] = urandom, inner
        random.setstate(state)

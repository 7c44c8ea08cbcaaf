"""The HTTP server, ended by a signal in such a way that everything around it is closed in order.

uvicorn's own way is to raise the signal anew once it has stopped listening, which ends the process there.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

IDLE_SECONDS = 75
"""How long a connection is kept that nobody uses: longer than callers keep theirs (load balancers: 60 s), so
that no delivery is sent into one that we are closing. uvicorn's own 5 s lost some."""


class Server(uvicorn.Server):
    """Stops at the first SIGTERM or SIGINT; a second one leaves at once, whatever is still under way.

    `stop` is set as soon as a stop was asked for, before the server does anything about it.
    """

    def __init__(self, config: uvicorn.Config, stop: asyncio.Event | None = None) -> None:
        super().__init__(config)
        self._asked = stop or asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take both signals, from here to the end of the process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        if self.should_exit:
            os._exit(1)
        self.should_exit = True
        self._asked.set()

"""Fetches finished pictures, from the allowed hosts only, and passes on none that does not decode."""

import asyncio
from pathlib import Path

from bot.domain.errors import Refused
from bot.imaging import sharing
from bot.imaging.addresses import NOT_OURS
from bot.imaging.courier import Courier
from bot.imaging.decode import Decoder
from bot.imaging.fetch import GONE
from bot.imaging.scratch import scratch
from bot.imaging.wording import MEGABYTE
from bot.ports import FOREIGN_HOST, FinishedPicture

FOREIGN = "It is on a host that is not allowed: whoever runs Housestyle can check HOUSESTYLE_RESULT_HOSTS."
NO_LONGER = "Its link leads to a web page by now, not to the picture."
NONE_THERE = "There is no picture at its link."
KEPT_BACK = "Its host does not hand it over."
_SAID = {
    NOT_OURS: (FOREIGN, FOREIGN_HOST),
    GONE: (NONE_THERE, ""),
    sharing.LOGIN: (KEPT_BACK, ""),
    sharing.PAGE: (NO_LONGER, ""),
}
"""What is said of a link of Runware's, and its code, for what is else said to who typed a link."""
MOST_BYTES = 60 * MEGABYTE


class ResultFetcher:
    """The port `PictureFetcher`; `hosts` are exact names, lower case, without a port."""

    def __init__(
        self, courier: Courier, decoder: Decoder, hosts: frozenset[str], *, folder: Path | None = None
    ) -> None:
        self._courier = courier
        self._decoder = decoder
        self._hosts = hosts
        self._folder = folder

    async def fetch(self, url: str) -> FinishedPicture:
        """Fetch one; JPEG and PNG come back byte for byte, WebP converted, with the original beside it.

        Raises Unavailable, and Refused: foreign host, none there, too many bytes, no picture.
        """
        async with scratch(self._folder) as folder:
            path = folder / "picture"
            try:
                await self._courier.download(url, path, most_bytes=MOST_BYTES, hosts=self._hosts)
            except Refused as no:
                sentence, code = _SAID.get(str(no), (str(no), no.code))
                raise Refused(sentence, code=code) from None
            verified = await self._decoder.verify(path)
            body = await asyncio.to_thread(path.read_bytes)
        if verified.shown is None:
            return FinishedPicture(body, verified.suffix)
        return FinishedPicture(verified.shown, verified.shown_suffix, body, verified.suffix)

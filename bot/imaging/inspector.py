"""Looks at a dataset before any money is spent: has it fetched and decoded, and gives the verdict.

One ZIP behind one link is judged while it arrives, from its directory on where the server answers ranges.
Everything else is put together into a ZIP of our own first, which is only of use where the provider can
fetch it from here.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.dataset import Dataset, Picture, Source, problems_of_count, warnings_of
from bot.domain.errors import DatasetUnfit, Refused
from bot.imaging.answers import Examined
from bot.imaging.archive import MOST_BYTES
from bot.imaging.courier import Courier
from bot.imaging.decode import Decoder
from bot.imaging.fetch import TOO_LARGE, Download
from bot.imaging.pack import Packer, Part
from bot.imaging.scratch import scratch
from bot.imaging.wording import in_megabytes
from bot.ports import Archives, Inspection

MOST_PROBLEMS = 8
"""Sentences in one refusal; the rest are counted."""
NOT_TOGETHER = (
    "These pictures would have to be put into one ZIP here, where Runware could not fetch it: pack them into"
    " one ZIP yourself and link that, or ask whoever runs Housestyle to set PUBLIC_URL."
)
NOT_KEPT = "The pictures are no longer kept here: ask again."


@dataclass(frozen=True)
class _Archive:
    """A ZIP on our disk; `names` are those of its pictures in the archive that it was made from."""

    path: Path
    sha256: str
    size: int
    names: Mapping[str, str] = field(default_factory=dict)
    is_kept: bool = False


class ZipInspector:
    """The port `DatasetInspector`; works in `folder` (None: where the system keeps temporary files).

    `slack_hosts` are the hosts that files posted in Slack may be fetched from.
    """

    def __init__(  # noqa: PLR0913 - the two last are for those who run it elsewhere
        self,
        courier: Courier,
        decoder: Decoder,
        packer: Packer,
        archives: Archives,
        *,
        slack_hosts: frozenset[str] = frozenset(),
        most_bytes: int = MOST_BYTES,
        folder: Path | None = None,
    ) -> None:
        self._courier = courier
        self._decoder = decoder
        self._packer = packer
        self._archives = archives
        self._slack_hosts = slack_hosts
        self._most_bytes = most_bytes
        self._folder = folder

    async def inspect(self, source: Source) -> Inspection:
        """Fetch and look at the pictures. Raises DatasetUnfit, a sentence per problem, and Unavailable."""
        is_plain = len(source.links) == 1 and not (source.files or source.kept or _is_cut(source))
        if not is_plain and not self._archives.are_public:
            raise DatasetUnfit((NOT_TOGETHER,))
        async with scratch(self._folder) as folder:
            try:
                if is_plain:
                    archive, found = await self._as_it_arrives(source.links[0], folder / "dataset.zip")
                    return await self._verdict(found, archive, archive)
                origin = await self._origin(source, folder)
                archive = await self._cut(origin, source, folder / "cut.zip") if _is_cut(source) else origin
                return await self._verdict(await self._decoder.examine(archive.path), archive, origin)
            except DatasetUnfit:
                raise
            except Refused as refused:
                raise DatasetUnfit((str(refused),)) from None

    async def fingerprint(self, link: str) -> str:
        """Return the SHA-256 of what the link leads to now. Raises Refused and Unavailable."""
        async with scratch(self._folder) as folder:
            found = await self._courier.download(link, folder / "now", most_bytes=self._most_bytes)
        return found.sha256

    async def _as_it_arrives(self, link: str, path: Path) -> tuple[_Archive, Examined]:
        """Judge the ZIP by its directory before the rest is fetched, and its pictures as they come."""
        async with (
            self._decoder.examining(path) as examining,  # first, so that the two processes start together
            self._courier.fetching(link, path, most_bytes=self._most_bytes) as fetching,
        ):
            if fetching.tail and (problems := await examining.glance(fetching.tail)):
                raise DatasetUnfit(_at_most(problems))
            async for size in fetching.arrivals():
                await examining.arrived(size)
            found = await examining.verdict()
            return _archive(path, fetching.download), found

    async def _origin(self, source: Source, folder: Path) -> _Archive:
        """Return the archive with all pictures: the one kept, the one fetched, or one made of the parts."""
        if source.kept:
            path = await self._archives.find(source.kept)
            if path is None:
                raise Refused(NOT_KEPT)
            return _Archive(path, source.kept, path.stat().st_size, is_kept=True)
        parts: list[Part] = []
        fetched: list[Download] = []
        for url, name, hosts in self._wanted(source):
            path = folder / f"part-{len(parts)}"
            room = self._most_bytes - sum(one.size for one in fetched)
            try:
                fetched.append(await self._courier.download(url, path, most_bytes=room, hosts=hosts))
            except Refused as no:
                if no.code == TOO_LARGE and fetched:
                    raise Refused(_too_large_together(self._most_bytes)) from None
                raise
            parts.append(Part(path, name or fetched[-1].name))
        if len(parts) == 1 and fetched[0].head.startswith(b"PK"):
            return _archive(parts[0].path, fetched[0])
        packed = await self._packed(parts, folder / "origin.zip")
        return replace(packed, names={})  # what the parts called them, nobody has seen

    def _wanted(self, source: Source) -> Iterator[tuple[str, str, frozenset[str] | None]]:
        """Yield the address, the name if it is known, and the only hosts allowed, if any, of each part."""
        for link in source.links:
            yield link, "", None
        for file in source.files:
            yield file.url, file.name, self._slack_hosts

    async def _cut(self, origin: _Archive, source: Source, into: Path) -> _Archive:
        part = Part(origin.path, "")
        return await self._packed([part], into, left_out=source.left_out, strip=source.strip)

    async def _packed(
        self, parts: Sequence[Part], into: Path, *, left_out: Collection[str] = (), strip: bool = False
    ) -> _Archive:
        packed = await self._packer.pack(parts, into, left_out=left_out, strip=strip)
        return _Archive(into, packed.sha256, packed.size, packed.names)

    async def _verdict(self, found: Examined, archive: _Archive, origin: _Archive) -> Inspection:
        """Return what was found, and have its bytes kept. Raises DatasetUnfit."""
        if problems := _problems(found):
            raise DatasetUnfit(_at_most(problems))
        is_kept = self._archives.are_public
        if is_kept:
            for one in {archive.sha256: archive, origin.sha256: origin}.values():
                if not one.is_kept:
                    await self._archives.keep(one.path, one.sha256)
        dataset = Dataset(
            sha256=archive.sha256,
            size=archive.size,
            pictures=tuple(_named(picture, archive.names) for picture in found.pictures),
            warnings=warnings_of(found.pictures),
            assessment=found.assessment,
            origin=origin.sha256,
            kept=is_kept,
        )
        return Inspection(dataset, found.sheet, found.palette, found.pairs)


def _too_large_together(most: int) -> str:
    return f"The files have more than {in_megabytes(most)} together: use smaller or fewer ones."


def _is_cut(source: Source) -> bool:
    return bool(source.left_out) or source.strip


def _archive(path: Path, download: Download) -> _Archive:
    return _Archive(path, download.sha256, download.size)


def _named(picture: Picture, names: Mapping[str, str]) -> Picture:
    """Return the picture with its name in the archive that this one was made from, where it differs."""
    before = names.get(picture.name, picture.name)
    return picture if before == picture.name else replace(picture, origin=before)


def _problems(found: Examined) -> tuple[str, ...]:
    """Return every reason against training; a ZIP that could not be read is not counted."""
    of_count = () if found.count is None else problems_of_count(found.count)
    return of_count + found.problems


def _at_most(problems: tuple[str, ...]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    return (*problems[:MOST_PROBLEMS], f"… and {more} more problem{'s' * (more != 1)}.")

"""Finds pictures that are one picture: copies, rescaled or recompressed versions, turned or mirrored ones.

Candidates are found by perceptual hashes (a pHash of the lowest waves, a dHash of the slopes) and then laid
on each other, since flat drawings on one ground look alike to a hash.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.domain.assessment import Likeness, Twins
from bot.domain.dataset import Picture
from bot.imaging.features import THUMB, Features

Numbers: TypeAlias = NDArray[np.float32]
Bits: TypeAlias = NDArray[np.bool_]

MOST_BITS = 44
"""Of 176: a picture and its slightly cropped copy differ in no more."""
ALIKE = 0.92
"""Correlation of two squeezed pictures, from which on they are one."""
CROPS = (0.0, 0.02, 0.04)
"""Shares of each side that may have been cut off."""
_TURNS = tuple((turn, mirrored) for mirrored in (False, True) for turn in range(4))
_WAVES = np.cos(np.pi / THUMB * np.outer(np.arange(8), np.arange(THUMB) + 0.5)).astype(np.float32)
_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_SAME_COLOUR = 6.0
"""Lab: a difference that is hardly seen unless the two are side by side."""
_SLOPE = 2.0
"""Of 255: less than this is level ground, whatever a JPEG made of it."""


def twins(pictures: Sequence[Picture], features: Sequence[Features]) -> tuple[Twins, ...]:
    """Return the groups; a picture that is spare is spare in one group only, and the largest is first."""
    copies = _joined(pictures, range(len(pictures)), _same_bytes(pictures))
    found = [_group(pictures, group, Likeness.EXACT) for group in copies if len(group) > 1]
    left = [group[0] for group in copies]
    upright, turned = alike(features)
    for pairs, likeness in ((upright, Likeness.NEAR), (turned, Likeness.TURNED)):
        groups = _joined(pictures, left, pairs)
        found += [_group(pictures, group, likeness) for group in groups if len(group) > 1]
        left = [group[0] for group in groups]
    return tuple(found)


def alike(features: Sequence[Features]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the pairs that are one picture as they stand, and those that are one when turned or mirrored."""
    if len(features) < 2:  # noqa: PLR2004 - it takes two
        return [], []
    thumbs = np.array([each.thumb for each in features], dtype=np.float32)
    cut = [_cropped(thumbs, share) for share in CROPS]
    whole, *trimmed = [(_hashed(each), _levelled(each)) for each in cut]
    upright: set[tuple[int, int]] = set()
    turned: set[tuple[int, int]] = set()
    for turn, mirrored in _TURNS:
        posed = [np.rot90(each[:, :, ::-1] if mirrored else each, turn, axes=(1, 2)) for each in cut]
        other, *others = [(_hashed(each), _levelled(each)) for each in posed]
        same = _one(whole, other)
        for mine, theirs in zip(trimmed, others, strict=True):
            same |= _one(mine, other) | _one(whole, theirs)
        pairs = {(min(a, b), max(a, b)) for a, b in np.argwhere(same).tolist() if a != b}
        (turned if turn or mirrored else upright).update(pairs)
    upright.update((a, b) for a, b in np.argwhere(_blank_alike(features)).tolist() if a < b)
    return sorted(upright), sorted(turned - upright)


def _one(these: tuple[Numbers, Numbers], those: tuple[Numbers, Numbers]) -> Bits:
    """Return which of these are which of those; as hashes are of 1 and -1, a product counts their bits."""
    near = these[0] @ those[0].T >= these[0].shape[1] - 2 * MOST_BITS
    one: Bits = near & (these[1] @ those[1].T >= ALIKE)
    return one


def _cropped(thumbs: Numbers, share: float) -> Numbers:
    """Return the pictures without `share` of each side, as large as before."""
    at = share * THUMB + (np.arange(THUMB) + 0.5) * (1 - 2 * share) - 0.5
    below = np.clip(np.floor(at).astype(np.int64), 0, THUMB - 2)
    part = np.clip(at - below, 0, 1)
    mix = np.zeros((THUMB, THUMB), dtype=np.float32)
    mix[np.arange(THUMB), below] = 1 - part
    mix[np.arange(THUMB), below + 1] = part
    cropped: Numbers = np.einsum("ij,njkc,lk->nilc", mix, thumbs, mix, optimize=True)
    return cropped


def _hashed(thumbs: Numbers) -> Numbers:
    grey = thumbs @ _GREY
    waves = (_WAVES @ grey @ _WAVES.T).reshape(len(grey), -1)
    blocks = grey.reshape(len(grey), 8, THUMB // 8, 8, THUMB // 8).mean(axis=(2, 4))
    across = np.diff(blocks, axis=2).reshape(len(grey), -1) > _SLOPE
    down = np.diff(blocks, axis=1).reshape(len(grey), -1) > _SLOPE
    bits = np.concatenate([waves > np.median(waves, axis=1, keepdims=True), across, down], axis=1)
    return np.where(bits, 1, -1).astype(np.float32)


def _levelled(thumbs: Numbers) -> Numbers:
    """Return each picture as a vector of length 1 without its mean colour; one colour only gives zeros."""
    flat = (thumbs - thumbs.mean(axis=(1, 2), keepdims=True)).reshape(len(thumbs), -1)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    level: Numbers = np.divide(flat, length, out=np.zeros_like(flat), where=length > THUMB)
    return level


def _blank_alike(features: Sequence[Features]) -> Bits:
    """Return which pictures of one plain colour, that has no shape to compare, are of the same one."""
    blank = np.array([each.is_blank for each in features])
    grounds = np.array([each.ground for each in features])
    near = np.linalg.norm(grounds[:, None] - grounds[None], axis=2) < _SAME_COLOUR
    alike: Bits = near & blank & blank[:, None]
    return alike


def _same_bytes(pictures: Sequence[Picture]) -> list[tuple[int, int]]:
    first: dict[str, int] = {}
    return [(first.setdefault(picture.sha256, i), i) for i, picture in enumerate(pictures)]


def _joined(
    pictures: Sequence[Picture], members: Iterable[int], pairs: Iterable[tuple[int, int]]
) -> list[list[int]]:
    """Return `members` in groups that `pairs` tie together, each group with its largest picture first."""
    root = {member: member for member in members}
    for one, other in pairs:
        if one in root and other in root:
            gone, kept = root[other], root[one]
            root = {member: kept if of == gone else of for member, of in root.items()}
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for member, of in root.items():
        groups[of].append(member)
    return [
        sorted(group, key=lambda i: (-pictures[i].width * pictures[i].height, i)) for group in groups.values()
    ]


def _group(pictures: Sequence[Picture], group: Sequence[int], likeness: Likeness) -> Twins:
    return Twins(tuple(pictures[i].name for i in group), likeness)


SIMILAR = 0.8


def arrangements(features: Sequence[Features]) -> int:
    """Return how many different arrangements there are: pictures alike from afar count once."""
    flat = _levelled(np.array([each.thumb for each in features], dtype=np.float32))
    near = (flat @ flat.T >= SIMILAR) | _blank_alike(features)
    left, groups = np.ones(len(flat), dtype=np.bool_), 0
    for i in np.argsort(-near.sum(axis=1), kind="stable"):
        if left[i]:
            groups += 1
            left[i] = False
            left &= ~near[i]
    return groups

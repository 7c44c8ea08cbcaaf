"""The judge of blocks and views: what Slack would refuse, and in Slack's words.

It checks lengths, counts, required and unknown fields, ids used twice, where a block may stand, and the few
rules that hold across a whole message. It judges what is sent; it never mends it.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.blockkit_blocks import BLOCKS, SURFACES
from bot.sandbox.blockkit_shapes import (
    Case,
    Check,
    Fields,
    FileFault,
    Problem,
    anything,
    boolean,
    listing,
    one_of,
    plain,
    shape,
    string,
    variant,
)

VIEW_BYTES = 250_000
MARKDOWN_CHARACTERS = 12_000


def judge_blocks(blocks: object, files: FileFault, *, surface: str = "message") -> list[Problem]:
    """Return everything Slack would refuse about the `blocks` of a message (or of another surface)."""
    case = Case(files)
    _check_blocks(case, blocks, surface)
    return case.problems


def judge_view(view: object, files: FileFault) -> list[Problem]:
    """Return everything Slack would refuse about a modal or an App Home; pointers start at the view."""
    case = Case(files)
    kind = view.get("type") if isinstance(view, dict) else None
    if not isinstance(view, dict) or kind not in VIEWS:
        return [Problem("/view/type", "must be one of modal, home")]
    VIEWS[kind](case, view, "/view")
    _check_blocks(case, view.get("blocks"), str(kind), at="/view/blocks")
    blocks = view["blocks"] if isinstance(view.get("blocks"), list) else []
    if kind == "modal" and not view.get("submit") and _has_inputs(blocks):
        case.fault("/view/submit", "submit is required when an input is within blocks")
    return case.problems


def view_is_too_large(view: object) -> bool:
    """Say whether the view is more than 250 kB of JSON."""
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()) > VIEW_BYTES


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks as Slack stores them: each block and control without an id is given one."""
    return [_with_ids(block) for block in blocks]


# ── inside ───────────────────────────────────────────────────────────────────────────────────────────

_VIEW: Fields = {
    "private_metadata": string(3000, shortest=0),
    "callback_id": string(255, shortest=0),
    "external_id": string(255, shortest=0),
}


VIEWS: dict[str, Check] = {
    "modal": shape(
        {"type": one_of("modal"), "title": plain(24), "blocks": anything},
        {
            **_VIEW,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": shape({"type": one_of("home"), "blocks": anything}, _VIEW),
}


def _check_blocks(case: Case, blocks: object, surface: str, *, at: str = "/blocks") -> None:
    if not isinstance(blocks, list):
        case.fault(at, "must be an array")
        return
    most = 50 if surface == "message" else 100
    listing(variant(BLOCKS, *SURFACES[surface]), most=most, least=0)(case, blocks, at)
    _check_together([block for block in blocks if isinstance(block, dict)], case, at)


def _check_together(blocks: list[dict[str, Any]], case: Case, at: str) -> None:
    """Check what holds across blocks."""
    kinds = [block.get("type") for block in blocks]
    for kind, most in (("table", 1), ("data_visualization", 2)):
        if kinds.count(kind) > most:
            case.fault(at, f"no more than {most} {kind} allowed")
    marked = sum(len(str(block.get("text"))) for block in blocks if block.get("type") == "markdown")
    if marked > MARKDOWN_CHARACTERS:
        case.fault(at, "markdown text must be less than 12001 characters in all")
    if "plan" in kinds and "task_card" in kinds:
        case.fault(at, "plan and task_card cannot stand in one message")
    for index, block in enumerate(blocks):
        if block.get("type") == "task_card" and block.get("status") == "pending":
            case.fault(f"{at}/{index}/status", "a task_card outside a plan cannot be pending")
        if block.get("type") == "container":
            _check_children(block, case, at=f"{at}/{index}/child_blocks")


def _check_children(block: Mapping[str, Any], case: Case, *, at: str) -> None:
    for index, child in enumerate(block.get("child_blocks") or []):
        if isinstance(child, dict) and child.get("type") == "container":
            case.fault(f"{at}/{index}", "a container cannot hold a container")


def _has_inputs(blocks: Sequence[object]) -> bool:
    return any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)


def _with_ids(block: Mapping[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {"block_id": secrets.token_urlsafe(4), **block}
    for name in ("accessory", "element"):
        if name in filled:
            filled[name] = _with_action_id(filled[name])
    if isinstance(filled.get("elements"), list) and filled["type"] in ("actions", "context_actions"):
        filled["elements"] = [_with_action_id(element) for element in filled["elements"]]
    for name in ("child_blocks", "elements"):
        if filled["type"] in ("container", "carousel") and name in filled:
            filled[name] = [_with_ids(child) for child in filled[name]]
    return filled


def _with_action_id(element: Mapping[str, Any]) -> dict[str, Any]:
    if element.get("type") == "image":
        return dict(element)
    return {"action_id": secrets.token_urlsafe(4), **element}

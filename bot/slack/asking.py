"""The form behind `/train` and behind the shortcut on a message: what to train on, and what to call it.

Only what is known already is shown: of files in Slack their names and sizes, as the message had them.
"""

from collections.abc import Sequence

from bot.domain.ids import ChannelId
from bot.domain.style import LONGEST_NAME, SHORTEST_NAME
from bot.slack.blocks import Block, clamp, esc, section
from bot.slack.fields import form, place, ticked, typed
from bot.slack.phrases import counted, megabytes
from bot.slack.shared import Offered

LONGEST_LINKS, LONGEST_NOTE, LONGEST_AIR = 3000, 500, 255
MOST_NAMED = 20
EXAMPLE = "https://assets.acme.com/stellar.zip"


def train_form(  # noqa: PLR0913 - one argument for each thing that may be known already, all by name
    *,
    channel: ChannelId,
    links: Sequence[str] = (),
    name: str = "",
    note: str = "",
    air: str = "",
    public: bool = False,
    strip: bool = False,
    files: Sequence[Offered] = (),
    thread: str = "",
    can_pack: bool = True,
) -> Block:
    """Return the form; fields: link (one a line), thread, channel, name, note, air, public, strip, rights.

    `files` and `thread` are those of a message. Without `can_pack` nothing can be put together here, so that
    only one link to a ZIP can be given and nothing be stripped.
    """
    fields = [
        *_from_slack(files, thread),
        _links(links, optional=bool(files or thread), can_pack=can_pack),
        *([] if thread else place("Channel for its card, where others decide on it", channel)),
        typed("name", "Name of the style", name, least=SHORTEST_NAME, most=LONGEST_NAME, hint="Stellar"),
        typed("note", "Note for the approver", note, most=LONGEST_NOTE, optional=True, lines=True),
        typed(
            "air", "AIR, if not the next version", air, most=LONGEST_AIR, optional=True, hint="acme:foxes@1"
        ),
        ticked(
            "public",
            "Who may use the model",
            "Public at Runware: anyone there may draw with it",
            ticked=public,
        ),
        *([_strip(strip)] if can_pack else []),
        ticked("rights", "Rights", "We may train on these pictures", optional=False),
    ]
    kept = {"channel": channel, "files": ",".join(file.id for file in files), "thread": thread}
    return form("form.train", "Train a style", "Ask", fields, kept)


def _from_slack(files: Sequence[Offered], thread: str) -> list[Block]:
    made = []
    if files:
        named = [f"• {clamp(esc(file.name), 100)}, {megabytes(file.size)}" for file in files[:MOST_NAMED]]
        more = len(files) - MOST_NAMED
        rest = [f"and {more} more"] if more > 0 else []
        title = f"*{counted(len(files), 'file')} of this message*"
        made.append(section("\n".join([title, *named, *rest])))
    if thread:
        whole = (
            "Also take the pictures of the whole thread" if files else "Take the pictures of the whole thread"
        )
        made.append(ticked("thread", "The thread", whole, ticked=not files))
    return made


def _links(links: Sequence[str], *, optional: bool, can_pack: bool) -> Block:
    label = "Links to ZIPs or pictures, one a line" if can_pack else "Link to the ZIP with the pictures"
    return typed(
        "link",
        label,
        "\n".join(links),
        most=LONGEST_LINKS,
        optional=optional,
        lines=can_pack,
        hint=EXAMPLE,
    )


def _strip(strip: bool) -> Block:  # noqa: FBT001 - whether the box is ticked
    text = "Strip camera, place and author data from the files"
    return ticked("strip", "What the files say", text, ticked=strip)

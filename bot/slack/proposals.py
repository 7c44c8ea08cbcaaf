"""The card of a proposal: a default to be, pictures for use, and the look afterwards at a broken glass.

Its one message, drawn whole. It says nothing of prices, for none of these costs anything. Pictures are shown
as on the card of their generation, and told by their places there.
"""

import re

from bot.domain.policy import Action
from bot.domain.proposal import Proposal, Stage
from bot.slack import gates, voting
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    Drawn,
    channel_mark,
    clamp,
    code,
    context,
    esc,
    header,
    image,
    mention,
    moment,
    numbered,
    section,
)

STAGE_WORDS = {
    Stage.AWAITING: "waiting for approval",
    Stage.GRANTED: "approved",
    Stage.REJECTED: "rejected",
    Stage.EXPIRED: "expired",
    Stage.CANCELLED: "cancelled",
}
_REVIEW_WORDS = {
    Stage.AWAITING: "waiting for a look",
    Stage.GRANTED: "it was right",
    Stage.REJECTED: "it was not right",
}
_TITLES = {
    Action.PROMOTE: "{label} as this channel's default",
    Action.USE: "{label} for use",
    Action.REVIEW: "After-review of {label}",
}
_NEVER = {
    Action.PROMOTE: "The channel draws in what it drew in before. To ask anew, type `/style use`.",
    Action.USE: "That approves nothing for use. To ask anew, press Approve for use… under the pictures.",
    Action.REVIEW: "What was done stands, and nobody has said that it was right.",
}
LONGEST_LABEL, LONGEST_NOTE = 200, 1000
_PLACES = re.compile(r"Pictures? (?P<places>\d+(?:, \d+)*)(?= in )")
"""The label of pictures for use tells their places on the card that they were drawn on."""


def proposal_card(proposal: Proposal) -> Drawn:
    """Draw the card of `proposal`."""
    title = f"{_title(proposal)} · {stage_word(proposal)}"
    told, waits = sentence(proposal), proposal.stage is Stage.AWAITING
    ballot = proposal.ballot
    drawn = [header(title), section(told), *_pictures(proposal)]
    asking = voting.asking(ballot, proposal.request.askers)
    drawn += asking if waits else voting.small_print(voting.history(ballot))
    drawn.append(context(*_small_print(proposal)))
    drawn += _choices(proposal) if waits else []
    prefix = voting.prefix(ballot, proposal.version) if waits else f"{proposal.stage}.{proposal.version}"
    return Drawn(clamp(f"{esc(title)}: {told}", FALLBACK_MOST), numbered(drawn, prefix))


def stage_word(proposal: Proposal) -> str:
    """Return in words where it stands."""
    own = _REVIEW_WORDS if proposal.is_review else {}
    return own.get(proposal.stage, STAGE_WORDS[proposal.stage])


def sentence(proposal: Proposal) -> str:
    """Return what is asked, or what came of it, in mrkdwn: first of all what changed."""
    parts = [
        voting.changed(proposal.ballot) if proposal.stage is Stage.AWAITING else "",
        outcome(proposal),
        _asked(proposal),
        _why(proposal),
    ]
    return "\n".join(part for part in parts if part)


def verdicts(proposal: Proposal) -> list[Block]:
    """Return the buttons that say yes and no."""
    what = voting.called(proposal)
    if proposal.is_review:
        return voting.verdicts(
            kind="proposal", subject=proposal.id, what=what, yes="It was right", no="It was not…"
        )
    return voting.verdicts(kind="proposal", subject=proposal.id, what=what)


def _choices(proposal: Proposal) -> list[Block]:
    what = voting.called(proposal)
    if proposal.is_review:
        return voting.rows(verdicts(proposal))
    cancel = voting.cancelling("proposal", proposal.id, what)
    more = voting.seconds(proposal.ballot, cancel, kind="proposal", subject=proposal.id, what=what)
    return voting.rows([*verdicts(proposal), *more])


def _pictures(proposal: Proposal) -> list[Block]:
    files, told = proposal.request.files, _PLACES.match(proposal.label)
    places = told["places"].split(", ") if told else []
    if told and len(places) == len(files):
        names = [(f"Picture {place}", f"Picture {place}{proposal.label[told.end() :]}") for place in places]
    else:
        counts = [f"{place} of {len(files)}" for place in range(1, len(files) + 1)]
        names = [(count, f"{proposal.label}, {count}") for count in counts]
    return [image(file, alt=alt, title=title) for file, (title, alt) in zip(files, names, strict=True)]


def _title(proposal: Proposal) -> str:
    template = _TITLES.get(proposal.request.action, "{label}")
    label = voting.reviewed(proposal) if proposal.is_review else proposal.label
    return template.format(label=clamp(label, 90))


def _asked(proposal: Proposal) -> str:
    request = proposal.request
    who, label = mention(proposal.asked_by), f"*{clamp(esc(request.label), LONGEST_LABEL)}*"
    waits = proposal.stage is Stage.AWAITING
    match request.action:
        case Action.PROMOTE:
            air = f" ({code(request.air)})" if request.air else ""
            where = channel_mark(request.channel)
            return (
                f"{who} {'proposes' if waits else 'proposed'} that {where} draws in {label}{air} from now on."
            )
        case Action.USE:
            made = f" by {mention(request.requester)}" if request.proposed_by else ""
            made += f" of {code(request.generation)}" if request.generation else ""
            return f"{who} {'asks' if waits else 'asked'} for {label}{made} to be approved for use."
    done = f" (run {code(request.run)})" if request.run else ""
    done = f" (pictures {code(request.generation)})" if request.generation else done
    done = f" (proposal {code(request.proposal)})" if request.proposal else done
    label = f"*{clamp(esc(voting.reviewed(proposal)), LONGEST_LABEL)}*"
    return f"{who} broke the glass for {label}{done}, past all approvals. Was that right?"


def _why(proposal: Proposal) -> str:
    if not proposal.request.note:
        return ""
    return f"{mention(proposal.asked_by)}: “{clamp(esc(proposal.request.note), LONGEST_NOTE)}”"


def outcome(proposal: Proposal) -> str:
    """Return what came of it, in mrkdwn; empty while it waits."""
    action = proposal.request.action
    by = mention(proposal.decided_by) if proposal.decided_by else "Someone"
    approved = voting.completed_by(proposal.ballot, proposal.decided_by)
    at = f" {moment(proposal.decided_at)}" if proposal.decided_at else ""
    why = clamp(esc(proposal.reason), LONGEST_NOTE) or "no reason given."
    never = _NEVER.get(action, "")
    match proposal.stage:
        case Stage.GRANTED if action is Action.PROMOTE:
            channel = channel_mark(proposal.request.channel)
            return f"{approved} approved it{at}: {channel} draws in it from now on."
        case Stage.GRANTED if action is Action.USE:
            return f"{approved} approved it{at}: they may be used."
        case Stage.GRANTED:  # who overrode what was left has found nothing
            last = [mention(vote.by) for vote in proposal.ballot.votes[-1:]]
            return f"{(last or [by])[0]} found{at} that it was right."
        case Stage.REJECTED if proposal.is_review:
            return f"{by} found{at} that it was not right: {why}"
        case Stage.REJECTED:
            return f"{by} rejected it{at}: {why}\n{never}"
        case Stage.EXPIRED:
            how, waited = gates.expired(proposal.ballot, f"by {moment(proposal.ballot.expires_at)}")
            return " ".join(part for part in (f"{how[0].upper()}{how[1:]}", waited, never) if part)
        case Stage.CANCELLED:
            return f"{by} took it back{at}. {never}"
    return ""


def _small_print(proposal: Proposal) -> list[str]:
    request = proposal.request
    who, at = mention(proposal.asked_by), moment(proposal.requested_at)
    asked = f"{who} broke the glass {at}" if proposal.is_review else f"Asked by {who} {at}"
    about = f" · pictures {code(request.generation)}" if request.generation else ""
    about += f" · run {code(request.run)}" if request.run else ""
    about += f" · about proposal {code(request.proposal)}" if request.proposal else ""
    return [f"{asked} · proposal {code(proposal.id)}{about}"]

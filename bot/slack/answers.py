"""What only the asking person reads: the answers to `/style …` and to `help`, as mrkdwn text.

Pure. Each answer fits into one message, however much there is to tell.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.deciding import open_ballot
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.domain.style import Version
from bot.slack import voting
from bot.slack.blocks import FALLBACK_MOST, channel_mark, clamp, code, esc, mention, moment
from bot.slack.clauses import sentence as capital
from bot.slack.doubts import STILL_CHARGED, is_given_up, numbers, unsettled
from bot.slack.phrases import STAGE_WORDS, counted, money, progress
from bot.slack.pictures import failed_because, waiting_for
from bot.slack.proposals import sentence, stage_word
from bot.slack.traces import dataset_lines, decision

MOST_LINES, LONGEST_PROMPT, LONGEST_LINE = 20, 500, 1000

_HELP = {
    "train": (
        "*/train* asks for a training: it is approved before anything is paid.\n"
        "• `/train https://assets.example.com/stellar.zip as Stellar`\n"
        '• `/train https://assets.example.com/stellar.zip as Stellar --note "the spring campaign"`\n'
        "• `/train` alone opens a form; several links, one after the other, are put together.\n"
        "• Pictures posted in Slack: choose Train a style from the message's menu.\n"
        "Also `--air acme:stellar@1` to choose the model's name, and `--public` to let anyone at Runware use "
        "it.\nThe ZIP holds 10 to 50 JPEG, PNG or WebP pictures of at most 50 MB each."
    ),
    "generate": (
        "*/generate* draws in the channel's default style, or in the one you name.\n"
        "• `/generate a red fox on a mossy rock at dusk`\n"
        "• `/generate a red fox --style stellar --size landscape --count 2`\n"
        "• `/generate` alone opens a form.\n"
        "`--style name` or `name@2` · `--size square`, `landscape`, `portrait`, `banner`, `story` or "
        "`1536x1024` · `--count 1` to `20` · `--quality low` or `high` · `--format jpg`, `png` or `webp` · "
        "`--private`"
    ),
    "style": (
        "*/style* is about styles, runs, decisions and rules. Ids stand on the cards.\n"
        "*Styles*\n"
        "• `/style list` · every style that can draw\n"
        "• `/style show stellar` · its versions: datasets, approvals, runs and pictures; also of one version "
        "(`stellar@2`), AIR, run, picture or dataset\n"
        "• `/style use stellar@2` · make it this channel's default, or propose it where a rule wants it\n"
        "*Runs*\n"
        "• `/style runs` · the newest runs\n"
        "• `/style status 7K2M9QX4TB` · how a run, pictures or a proposal stand; alone, the newest run\n"
        "• `/style leave 7K2M9QX4TB 3 7 12` · leave pictures out, by their numbers on the contact sheet; "
        "`flagged` for those that are marked, `nothing` to take all back, `strip` to strip what files say\n"
        "• `/style reuse 7K2M9QX4TB` · use the version that the same pictures trained\n"
        "• `/style cancel 7K2M9QX4TB`, `/style retry 7K2M9QX4TB`, `/style check 7K2M9QX4TB` · stop it, "
        "ask for it again, have Runware asked about one in doubt\n"
        "*Decisions*, on runs, pictures and proposals alike\n"
        "• `/style approve 7K2M9QX4TB lovely set` · the comment may be left out; with the digits of what "
        "its card asks for, nothing newer is approved: `/style approve 7K2M9QX4TB 3fa94c01`\n"
        "• `/style reject 7K2M9QX4TB too few pictures` · who asked reads the reason\n"
        "• `/style retract 7K2M9QX4TB` · take your approval back while nothing is settled\n"
        "• `/style undo 7K2M9QX4TB` · stop an approved training before it is paid\n"
        "• `/style release 7K2M9QX4TB 1 3` · propose pictures 1 and 3 for use; without numbers, all\n"
        "• `/style override 7K2M9QX4TB the fair is near` · for admins: past a rule that is in the way\n"
        "• `/style breakglass 7K2M9QX4TB nobody is here` · for admins: past all approvals\n"
        "*Money and rules*\n"
        "• `/style budget` · this month: spent, reserved, left\n"
        "• `/style policy`, `/style policy explain train in #brand` · the rules, and which hold for a case\n"
        "• `/style away 2026-12-01 @ben`, `/style back` · who decides in your place until you are back\n"
        "• `/style freeze train we move house`, `/style unfreeze train` · for admins: stop `train`, "
        "`generate` or `all`\n"
        "• `/style resend`, `/style resume` · for admins: try again what Slack refused; hand requests over "
        "again after a restore, which may pay for one twice\n"
        "• `/style audit`, `/style audit 7K2M9QX4TB` · for admins: who did what\n"
        "• `/style help` · this"
    ),
}


def style_list(versions: Sequence[Version], default: Version | None) -> str:
    """List what can draw, and say which one this channel draws in."""
    if not versions:
        return "No style is trained yet. Begin with `/train`, or `/train help`."
    lines = [_version_line(version, default) for version in versions]
    hint = "" if default else "This channel has no default yet: `/style use name`."
    return _listed("*Styles*", lines, hint)


def run_list(runs: Sequence[Run], *, now: datetime) -> str:
    """List runs, a line each, in the order given."""
    if not runs:
        return "There are no runs yet. Begin with `/train`, or `/train help`."
    lines = [f"{code(run.id)} *{esc(run.request.name)}* · {_standing(run, now)}{_cost(run)}" for run in runs]
    return _listed("*Runs*", [f"• {line}" for line in lines])


def run_status(run: Run, *, now: datetime) -> str:
    """Tell all that a person may want to know of one run."""
    request = run.request
    where = channel_mark(request.channel)
    told = [
        f"*{esc(request.name)}* · {_standing(run, now)}",
        f"Asked by {mention(request.requester)} in {where}, {moment(run.requested_at)}",
        *dataset_lines(run),
        esc(run.notice),
        *_decided(run),
        decision(run, approved=not (run.ballot and run.ballot.votes)),
        f"AIR {code(run.air)}" if run.air else "",
        money(run.cost).capitalize() if run.stage is Stage.READY else "",
        STILL_CHARGED if is_given_up(run) else "",
        *unsettled(run),
        *(f"• {esc(problem)}" for problem in run.problems),
        f"Reason: {esc(run.reason)}" if run.reason else "",
        esc(run.failure.sentence) if run.failure else "",
        numbers(run),
    ]
    return clamp("\n".join(line for line in told if line), FALLBACK_MOST)


def pictures_status(generation: Generation) -> str:
    """Tell how pictures stand, and what is the matter with them."""
    request = generation.request
    where = channel_mark(request.channel)
    told = [
        f"*{counted(request.count, 'picture')} in {clamp(esc(generation.label), LONGEST_PROMPT)}*",
        f"“{clamp(esc(request.prompt), LONGEST_PROMPT)}”",
        f"Asked by {mention(request.requester)} in {where}, {moment(generation.requested_at)}",
        _drawn(generation),
        *_decided(generation),
        *unsettled(generation),
        numbers(generation),
    ]
    return clamp("\n".join(told), FALLBACK_MOST)


def proposal_status(proposal: Proposal) -> str:
    """Tell how a proposal stands, and who decides on it."""
    told = [
        f"*{clamp(esc(capital(voting.called(proposal))), LONGEST_PROMPT)}* · {stage_word(proposal)}",
        sentence(proposal),
        *_decided(proposal),
        f"Proposal {code(proposal.id)}",
    ]
    return clamp("\n".join(told), FALLBACK_MOST)


def help_text(command: str) -> str:
    """Explain `train`, `generate` or `style` (with or without the slash) by examples that work."""
    return _HELP[command.lstrip("/")]


def _version_line(version: Version, default: Version | None) -> str:
    mark = " · this channel's default" if default and version.air == default.air else ""
    waiting = "" if version.ready_at else " · still training"
    return f"• *{esc(version.label)}* · {code(version.air)}{mark}{waiting}"


def _standing(run: Run, now: datetime) -> str:
    if run.stage is Stage.TRAINING:
        return f"training {progress(run, now=now)}"
    return STAGE_WORDS[run.stage]


def _decided(item: Run | Generation | Proposal) -> list[str]:
    """Return what is asked of whom until when, or who decided; a line each."""
    ballot = open_ballot(item)
    if ballot is None:
        return [*voting.history(item.ballot)]
    lines = [
        voting.changed(ballot),
        voting.who_decides(ballot, voting.reviewed_of(item)),
        voting.deadline(ballot),
    ]
    told = [*lines, voting.exactly(ballot), *voting.history(ballot)]
    return [clamp(line, LONGEST_LINE) for line in told if line]


def _cost(run: Run) -> str:
    return f" · {money(run.cost)}" if run.cost else ""


def _drawn(generation: Generation) -> str:
    match generation.stage:
        case Drawing.DONE:
            return f"Drawn: {counted(len(generation.uploads), 'picture')}, {money(generation.cost)}"
        case Drawing.FAILED:
            return failed_because(generation)
    return waiting_for(generation)


def _listed(title: str, lines: Sequence[str], hint: str = "") -> str:
    more = len(lines) - MOST_LINES
    rest = f"and {more} more" if more > 0 else ""
    told = [title, *(clamp(line, 180) for line in lines[:MOST_LINES]), rest, hint]
    return clamp("\n".join(line for line in told if line), FALLBACK_MOST)

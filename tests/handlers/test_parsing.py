"""The words of `/train`: every form in which Slack and phones send them, and what a wrong one is told."""

import pytest

from bot.domain.errors import NotUnderstood
from bot.domain.ids import ChannelId, FileId, UserId, WorkspaceId
from handlers.deliveries import Sender
from handlers.parsing import (
    TrainingDraft,
    checked_link,
    checked_links,
    checked_note,
    training_draft,
)

ANN = Sender(WorkspaceId("T1"), UserId("UANN"), ChannelId("C1"))
ZIP = "https://assets.acme.com/stellar.zip"


def told(text: str) -> str:
    """Return what a wrong `/train` is answered with."""
    with pytest.raises(NotUnderstood) as fault:
        training_draft(text)
    return str(fault.value)


# ── links ──


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        (ZIP, ZIP),
        (f"<{ZIP}>", ZIP),
        (f"<{ZIP}|assets.acme.com/stellar.zip>", ZIP),
        (f"<{ZIP}|>", ZIP),
        ("<http://10.0.0.5:8080/a.zip>", "http://10.0.0.5:8080/a.zip"),
        ("<https://a.co/z?a=1&amp;b=2&amp;c=3>", "https://a.co/z?a=1&b=2&c=3"),
        ("<https://a.co/z?a=1&amp;b=2|a.co/z?a=1&amp;b=2>", "https://a.co/z?a=1&b=2"),
        ("https://a.co/z?a=1&amp;region=eu", "https://a.co/z?a=1&region=eu"),
        ("https://a.co/z?a=1&b=2", "https://a.co/z?a=1&b=2"),
        ("<https://a.co/a%20b.zip|the zip, with words>", "https://a.co/a%20b.zip"),
        ("https://a.co/z--final.zip", "https://a.co/z--final.zip"),
        ("<https://a.co/z?q=&amp;lt;>", "https://a.co/z?q=&lt;"),
    ],
)
def test_a_link_is_understood_in_every_form_that_slack_sends(typed: str, link: str) -> None:
    draft = training_draft(f"{typed} as Stellar")
    assert (draft.link, draft.name) == (link, "Stellar")
    assert draft.request(ANN).link == link


def test_a_bare_query_string_is_not_read_as_html() -> None:
    link = "https://a.co/z?a=1&region=eu&copy=2&not=3"
    assert training_draft(f"{link} as Stellar").link == link


def test_a_phone_may_begin_a_link_with_a_capital() -> None:
    assert training_draft("<Https://a.co/z.zip> as Stellar").name == "Stellar"


@pytest.mark.parametrize(
    "link",
    [
        "",
        "stellar.zip",
        "https://",
        "https:///z.zip",
        "ftp://a.co/z",
        "https://a.co/a b",
        "https://a.co/" + "x" * 2040,
    ],
)
def test_what_is_no_link_is_answered_with_one_that_would_work(link: str) -> None:
    with pytest.raises(NotUnderstood, match=r"for example https://assets\.acme\.com/stellar\.zip\.$"):
        checked_link(link)


# ── several links ──

SECOND, THIRD = "https://b.example/x.zip?a=1&b=2", "https://c.example/fox.png"


@pytest.mark.parametrize(
    "typed",
    [
        f"{ZIP} {SECOND} {THIRD} as Stellar",
        f"<{ZIP}> <https://b.example/x.zip?a=1&amp;b=2> <{THIRD}|fox.png> as Stellar",
        f"<{ZIP}>, <{SECOND}>, <{THIRD}> as Stellar",
        f"{ZIP}, {SECOND} and {THIRD} as Stellar",
        f"{ZIP} , {SECOND} AND {THIRD} as Stellar",
    ],
)
def test_several_links_are_taken_in_their_order(typed: str) -> None:
    asked = training_draft(typed).request(ANN)
    assert asked.links == (ZIP, SECOND, THIRD)
    assert asked.name == "Stellar"


def test_a_comma_at_the_very_end_of_a_link_is_part_of_it() -> None:
    assert training_draft("https://a.co/z?q=1, as Stellar").links == ("https://a.co/z?q=1,",)


def test_what_stands_between_links_and_as_is_no_name() -> None:
    assert told(f"{ZIP} stellar.zip as Stellar").startswith("Put `as` between the link and the name")
    assert told(f"{ZIP} {SECOND} Stellar").startswith("Put `as` between the link and the name")


def test_each_of_several_links_is_checked_and_a_wrong_one_is_told_by_its_place() -> None:
    with pytest.raises(NotUnderstood, match=r"^Link 2: The dataset is a link to a ZIP"):
        checked_links((ZIP, "https:///nowhere", SECOND))
    with pytest.raises(NotUnderstood, match="At most 10 links are taken at once; these are 11"):
        checked_links((ZIP,) * 11)


def test_a_request_from_slack_needs_no_link_but_a_request_from_nowhere_does() -> None:
    files = (FileId("F1"), FileId("F2"))
    asked = TrainingDraft(name="Stellar", files=files, thread="17.1", has_rights=True, strip=True).request(
        ANN
    )
    assert (asked.links, asked.files, asked.thread) == ((), files, "17.1")
    assert (asked.has_rights, asked.strip) == (True, True)
    assert TrainingDraft(name="Stellar", thread="17.1").request(ANN).links == ()
    with pytest.raises(NotUnderstood, match="is a link to a ZIP"):
        TrainingDraft(name="Stellar").request(ANN)
    with pytest.raises(NotUnderstood, match="is a link to a ZIP"):
        TrainingDraft("stellar.zip", "Stellar", files=files).request(ANN)


def test_who_types_a_command_has_not_spoken_of_rights() -> None:
    asked = training_draft(f"{ZIP} as Stellar").request(ANN)
    assert (asked.has_rights, asked.strip) == (False, False)


# ── /train ──


@pytest.mark.parametrize(
    ("typed", "draft"),
    [
        ("", TrainingDraft()),
        ("   ", TrainingDraft()),
        (f"<{ZIP}>", TrainingDraft(link=ZIP)),
        (f"<{ZIP}> as", TrainingDraft(link=ZIP)),
        ("as Stellar", TrainingDraft(name="Stellar")),
        (f"<{ZIP}>   as   Bold  Fruit ", TrainingDraft(ZIP, "Bold Fruit")),
        (f'<{ZIP}> as "Bold Fruit"', TrainingDraft(ZIP, "Bold Fruit")),
        (f"<{ZIP}> as “Bold Fruit”", TrainingDraft(ZIP, "Bold Fruit")),
        (f"<{ZIP}> as ‘Bold Fruit’", TrainingDraft(ZIP, "Bold Fruit")),  # noqa: RUF001 - as a phone types them
        (f"<{ZIP}> as as", TrainingDraft(ZIP, "as")),
        (f"<{ZIP}> as assets", TrainingDraft(ZIP, "assets")),
        (f"<{ZIP}> as Salt &amp; Pepper", TrainingDraft(ZIP, "Salt & Pepper")),
        (f"<{ZIP}> as <@U123|ann>'s &lt;style&gt;", TrainingDraft(ZIP, "ann's <style>")),
        ("--public", TrainingDraft(public=True)),
        ('--note "for spring"', TrainingDraft(note="for spring")),
    ],
)
def test_a_draft_holds_what_was_given(typed: str, draft: TrainingDraft) -> None:
    assert training_draft(typed) == draft


@pytest.mark.parametrize("dashes", ["--", "—", "–"])  # noqa: RUF001 - dashes as phones type them
def test_options_are_understood_behind_any_dash(dashes: str) -> None:
    draft = training_draft(f"<{ZIP}> as Stellar {dashes}public {dashes}air acme:stellar@2")
    assert draft == TrainingDraft(ZIP, "Stellar", air="acme:stellar@2", public=True)


@pytest.mark.parametrize(
    "options",
    [
        '--air acme:stellar@2 --public --note "a b"',
        '--note "a b" --air acme:stellar@2 --public',
        "--public --NOTE a b --Air=acme:stellar@2",
        "--public --air=acme:stellar@2 --note=“a b”",
        '--air "acme:stellar@2" --note a   b --public',
    ],
)
def test_options_may_come_in_any_order_and_with_or_without_equals(options: str) -> None:
    draft = training_draft(f"<{ZIP}> as Stellar {options}")
    assert draft == TrainingDraft(ZIP, "Stellar", air="acme:stellar@2", note="a b", public=True)


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ('--note "use --public later"', "use --public later"),
        ("--note “use --public later”", "use --public later"),
        ("--note all of spring's pictures", "all of spring's pictures"),
        ('--note 12" prints', '12" prints'),
        ("--note a well-known one - or not", "a well-known one - or not"),
        ('--note "a', '"a'),
    ],
)
def test_a_note_may_hold_spaces_and_in_quotes_even_an_option(typed: str, note: str) -> None:
    draft = training_draft(f"<{ZIP}> as Stellar {typed}")
    assert (draft.name, draft.note, draft.public) == ("Stellar", note, False)


def test_a_name_in_quotes_may_hold_an_option() -> None:
    assert training_draft(f'<{ZIP}> as "The --public one"') == TrainingDraft(ZIP, "The --public one")


@pytest.mark.parametrize(
    ("draft", "complete"),
    [
        (TrainingDraft(), False),
        (TrainingDraft(link=ZIP), False),
        (TrainingDraft(name="Stellar"), False),
        (TrainingDraft(ZIP, "Stellar"), True),
    ],
)
def test_a_form_is_needed_unless_there_is_a_link_and_a_name(draft: TrainingDraft, *, complete: bool) -> None:
    assert draft.is_complete is complete


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (f"<{ZIP}> Stellar", "Put `as` between the link and the name: `/train <link> as Stellar`."),
        (f"<{ZIP}> assets", "Put `as` between the link and the name: `/train <link> as Stellar`."),
        ("Stellar", f"“Stellar” is no link. Write `/train {ZIP} as Stellar`."),
        (f"Stellar from <{ZIP}>", f"“Stellar” is no link. Write `/train {ZIP} as Stellar`."),
        (f"{ZIP} as S --pubic", "There is no option `--pubic`. Did you mean `--public`?"),
        (f"{ZIP} as S --notes x", "There is no option `--notes`. Did you mean `--note`?"),
        (f"{ZIP} as S --zzz", "There is no option `--zzz`. There is: `--air`, `--note`, `--public`."),
        (
            f"{ZIP} as S --note",
            "`--note` needs a value. Put options last, for example `/train <link> as Stellar`.",
        ),
        (
            f'{ZIP} as S --note ""',
            "`--note` needs a value. Put options last, for example `/train <link> as Stellar`.",
        ),
        (
            f"--public {ZIP}",
            (
                f"`--public` takes no value, so “{ZIP}” is left over. "
                "Put options last, for example `/train <link> as Stellar`."
            ),
        ),
    ],
)
def test_a_wrong_train_is_answered_with_what_is_wrong_and_what_would_work(typed: str, answer: str) -> None:
    assert told(typed) == answer


def test_a_complete_draft_becomes_the_request_of_its_sender() -> None:
    asked = TrainingDraft(ZIP, " Bold  Fruit ", air="acme:fruit@7", note=" for spring ", public=True).request(
        ANN
    )
    assert (asked.workspace, asked.channel, asked.requester) == ("T1", "C1", "UANN")
    assert (asked.link, asked.name, asked.air, asked.note) == (
        ZIP,
        "Bold Fruit",
        "acme:fruit@7",
        "for spring",
    )
    assert asked.private is False


def test_a_training_is_private_and_numbered_by_us_unless_said_otherwise() -> None:
    asked = TrainingDraft(ZIP, "Stellar").request(ANN)
    assert (asked.private, asked.air, asked.note) == (True, None, "")


@pytest.mark.parametrize(
    ("draft", "answer"),
    [
        (TrainingDraft("stellar.zip", "Stellar"), "is a link to a ZIP"),
        (TrainingDraft(ZIP, "S"), "2 to 255 characters"),
        (TrainingDraft(ZIP, "Stellar", air="stellar"), "An AIR looks like"),
        (TrainingDraft(ZIP, "Stellar", note="x" * 501), "at most 500 characters; this one has 501"),
    ],
)
def test_a_request_that_the_provider_would_refuse_is_not_made(draft: TrainingDraft, answer: str) -> None:
    with pytest.raises(NotUnderstood, match=answer):
        draft.request(ANN)


def test_a_note_may_fill_the_card() -> None:
    assert checked_note("x" * 500) == "x" * 500

"""The words of `/generate` and `/style`, and the promise that no text at all makes a traceback."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotUnderstood
from bot.domain.generation import Format, Quality
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.size import SIZES, Size
from handlers.deliveries import Sender
from handlers.parsing import (
    GENERATE_OPTIONS,
    GenerationDraft,
    checked_count,
    generation_draft,
    plain_text,
    subcommand,
    training_draft,
)

CAT = Sender(WorkspaceId("T1"), UserId("UCAT"), ChannelId("C1"))
KNOWN = ("list", "show", "use", "runs", "status", "approve", "reject", "help")
SENTENCE = re.compile(r".*\S[.?!]", re.DOTALL)


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("", ""),
        ("  a \n b\t c ", "a b c"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("“a” ‘b’ „c”", '"a" \'b\' "c"'),  # noqa: RUF001 - as phones type them
        ("<@U123|ann> in <#C1|brand>", "ann in brand"),
        ("<@U123> in <#C1|>", "U123 in C1"),
        ("<!here> <!subteam^S1|@design>", "here @design"),
        ("like <https://a.co/x|this> one", "like https://a.co/x one"),
    ],
)
def test_what_slack_and_phones_do_to_text_is_undone(sent: str, plain: str) -> None:
    assert plain_text(sent) == plain


# ── /generate ──


@pytest.mark.parametrize(
    ("typed", "draft"),
    [
        ("", GenerationDraft()),
        ("a red fox", GenerationDraft("a red fox")),
        ("a fox — at dusk -- alone", GenerationDraft("a fox — at dusk -- alone")),
        ("a well-known fox -not a dog", GenerationDraft("a well-known fox -not a dog")),
        ('the word "--size" on a wall', GenerationDraft('the word "--size" on a wall')),
        ("a fox --private", GenerationDraft("a fox", private=True)),
        ("--size story", GenerationDraft(size="story")),
        ("a fox --style stellar@2 --size 1536x1024", GenerationDraft("a fox", "stellar@2", "1536x1024")),
        ("a fox --style bold fruit", GenerationDraft("a fox", "bold fruit")),
        (
            "a fox —private —format=png —quality high —count 2",
            GenerationDraft("a fox", count="2", quality="high", format="png", private=True),
        ),
    ],
)
def test_a_draft_holds_what_was_given(typed: str, draft: GenerationDraft) -> None:
    assert generation_draft(typed) == draft


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("a fox --stile stellar", "There is no option `--stile`. Did you mean `--style`?"),
        ("a fox --seed 7", "There is no option `--seed`. Did you mean `--size`?"),
        (
            "a fox --zzz 1",
            (
                "There is no option `--zzz`. There is: `--style`, `--size`, `--count`, `--quality`, "
                "`--format`, `--private`."
            ),
        ),
        (
            "a fox --count",
            (
                "`--count` needs a value. Put options last, for example "
                "`/generate a red fox on a mossy rock --size landscape`."
            ),
        ),
        (
            "--private a fox",
            (
                "`--private` takes no value, so “a fox” is left over. Put options last, for example "
                "`/generate a red fox on a mossy rock --size landscape`."
            ),
        ),
    ],
)
def test_a_wrong_generate_is_answered_with_what_is_wrong_and_what_would_work(typed: str, answer: str) -> None:
    with pytest.raises(NotUnderstood) as fault:
        generation_draft(typed)
    assert str(fault.value) == answer


def test_a_bare_prompt_becomes_four_square_pictures_in_the_default_style() -> None:
    asked = generation_draft("a red fox").request(CAT)
    assert (asked.workspace, asked.channel, asked.requester) == ("T1", "C1", "UCAT")
    assert (asked.prompt, asked.style, asked.size, asked.count) == ("a red fox", None, SIZES["square"], 4)
    assert (asked.quality, asked.format, asked.private) == (Quality.LOW, Format.JPG, False)


def test_every_option_reaches_the_request() -> None:
    typed = "a fox --style s@2 --size 1088x2048 --count 20 --quality HIGH --format jpeg --private"
    asked = generation_draft(typed).request(CAT)
    assert (asked.style, asked.size, asked.count) == ("s@2", Size(1088, 2048), 20)
    assert (asked.quality, asked.format, asked.private) == (Quality.HIGH, Format.JPG, True)


def test_the_other_name_of_jpg_may_be_written_large_too() -> None:
    assert generation_draft("a fox --format JPEG").request(CAT).format is Format.JPG


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("a fox --count four", "`--count` takes a number from 1 to 20, for example `--count 4`."),
        ("a fox --count -1", "`--count` takes a number from 1 to 20, for example `--count 4`."),
        ("a fox --count 2.5", "`--count` takes a number from 1 to 20, for example `--count 4`."),
        ("a fox --count ²", "`--count` takes a number from 1 to 20, for example `--count 4`."),
        ("a fox --count 0", "`--count` takes 1 to 20, for example `--count 4`."),
        ("a fox --count 21", "`--count` takes 1 to 20, for example `--count 4`."),
        ("a fox --quality best", "`--quality` takes low or high, for example `--quality low`."),
        ("a fox --format gif", "`--format` takes jpg or png or webp, for example `--format jpg`."),
        (
            "a fox --size 1000x1024",
            "A side has 1024 to 2048 pixels in steps of 64: instead of 1000 write 1024.",
        ),
        ("a", "A prompt has 2 to 3000 characters."),
    ],
)
def test_a_request_that_the_provider_would_refuse_is_not_made(typed: str, answer: str) -> None:
    with pytest.raises(NotUnderstood) as fault:
        generation_draft(typed).request(CAT)
    assert str(fault.value) == answer


def test_an_absurdly_long_number_is_no_count() -> None:
    with pytest.raises(NotUnderstood):
        checked_count("9" * 5000)


# ── /style ──


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ("help", "")),
        ("  ", ("help", "")),
        ("list", ("list", "")),
        ("LIST", ("list", "")),
        ("show   Bold Fruit", ("show", "Bold Fruit")),
        ("reject 7K2M9QX4TB “too few foxes”", ("reject", '7K2M9QX4TB "too few foxes"')),
    ],
)
def test_a_subcommand_is_its_word_and_the_rest(typed: str, read: tuple[str, str]) -> None:
    assert subcommand(typed, KNOWN) == read


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("lisst", "`lisst` is not something I know. Did you mean `list`?"),
        ("Aprove 7K2M9QX4TB", "`Aprove` is not something I know. Did you mean `approve`?"),
        (
            "zzz",
            (
                "`zzz` is not something I know. There is: `list`, `show`, `use`, `runs`, `status`, "
                "`approve`, `reject`, `help`."
            ),
        ),
    ],
)
def test_an_unknown_subcommand_is_answered_with_the_nearest(typed: str, answer: str) -> None:
    with pytest.raises(NotUnderstood) as fault:
        subcommand(typed, KNOWN)
    assert str(fault.value) == answer


# ── any text at all ──

PIECES = st.sampled_from(
    [
        *(
            "<https://a.co/z.zip>",
            "<https://a.co/z|z>",
            "https://a.co/?a=1&amp;b=2",
            "as",
            "Stellar",
            "<@U1|ann>",
        ),
        *(
            "--note",
            "—public",
            "--air=a:b@1",
            "--public",
            "--pubic",
            "--note=",
            "--",
            "—",
            '"',
            "“",
            "'",
            "&lt;",
        ),
        *(
            "a red fox",
            "list",
            "show",
            "--count 4",
            "--count x",
            "--format JPEG",
            "--private",
            "--size 1x1",
            "\n",
        ),
    ]
)
TEXT = st.lists(PIECES | st.text(max_size=8), max_size=8).map(" ".join) | st.text(max_size=60)


def keep_the_promise(fault: NotUnderstood) -> None:
    """A refusal is whole sentences, as the person who typed it reads them."""
    assert SENTENCE.fullmatch(str(fault)), str(fault)


@settings(deadline=None)
@given(TEXT)
@example("--note --public")
def test_any_train_is_understood_or_answered_with_a_sentence(text: str) -> None:
    try:
        training_draft(text).request(CAT)
    except NotUnderstood as fault:
        keep_the_promise(fault)


@settings(deadline=None)
@given(TEXT)
@example("--size ٣x٣")
def test_any_generate_is_understood_or_answered_with_a_sentence(text: str) -> None:
    try:
        generation_draft(text).request(CAT)
    except NotUnderstood as fault:
        keep_the_promise(fault)


@settings(deadline=None)
@given(TEXT)
def test_any_style_is_understood_or_answered_with_a_sentence(text: str) -> None:
    try:
        word, _ = subcommand(text, KNOWN)
    except NotUnderstood as fault:
        keep_the_promise(fault)
    else:
        assert word in KNOWN


@settings(deadline=None)
@given(
    order=st.permutations([name for name, takes in GENERATE_OPTIONS.items() if takes]), private=st.booleans()
)
def test_the_order_of_options_changes_nothing(*, order: list[str], private: bool) -> None:
    values = {"style": "stellar@2", "size": "story", "count": "2", "quality": "high", "format": "png"}
    options = [f"--{name} {values[name]}" for name in order] + ["--private"] * private
    assert generation_draft(f"a fox {' '.join(options)}") == GenerationDraft(
        "a fox", **values, private=private
    )

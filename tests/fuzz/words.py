"""What people type after a command: any text, and what is nearly right; a value or a sentence comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from bot.domain.errors import NotUnderstood
from bot.domain.generation import Format, Quality
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from handlers import parsing
from handlers.deliveries import Sender
from handlers.parsing import GENERATE_OPTIONS, TRAIN_OPTIONS, generation_draft, training_draft
from tests.fuzz.hostile import bent, texts
from tests.fuzz.target import Target, lent

ANN = Sender(WorkspaceId("T1"), UserId("UANN"), ChannelId("C1"))
KNOWN = ("list", "show", "use", "runs", "status", "help", "approve")
_OPTIONS = st.sampled_from(
    [f"{dash}{name}" for name in (*TRAIN_OPTIONS, *GENERATE_OPTIONS) for dash in ("--", "—")]
)
_LINK = st.sampled_from(
    ("<https://a.example/x.zip>", "<https://a.example/y.zip|y>", "https://a.example/z?a=1&amp;b")
)
_PARTS = st.one_of(
    _OPTIONS, _LINK, texts, st.sampled_from(("as", "and", ",", '"', "=", "4", "1536x1024", "help"))
)
_RIGHT = (
    "<https://a.example/x.zip> as Stellar Fox --note “the spring” --public",
    "<https://a.example/x.zip|x> and <https://a.example/y.zip> as Fox --air acme:fox@1",
    "a red fox on a mossy rock —size landscape --count 2 --quality high --format webp --private",
    "show stellar@1",
)
_BENT = (
    bent([line.split(" ") for line in _RIGHT], _PARTS)
    .filter(lambda made: isinstance(made, list))
    .map(lambda words: " ".join(map(str, words)))
)
LINES = texts | st.lists(_PARTS, max_size=8).map(" ".join) | _BENT
_SHORT = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=2, max_size=12)
_SAID = st.lists(_SHORT, min_size=1, max_size=4).map(" ".join)


@dataclass(frozen=True)
class Spoken:
    """A request as one would dictate it."""

    name: str
    note: str
    prompt: str
    count: int
    is_public: bool


def type_in(line: str) -> None:
    """Read a line as each command would."""
    for understand in (_training, _generation, _subcommand, _plain):
        _answered(understand, line)
    for checked in (parsing.checked_note, parsing.checked_count, parsing.checked_link):
        _answered(checked, line)


def _answered(understand: Callable[[str], object], line: str) -> None:
    try:
        understand(line)
    except NotUnderstood as no:
        _check_sentence(str(no))


def _check_sentence(sentence: str) -> None:
    assert sentence.strip().endswith((".", "?")), sentence


def _training(line: str) -> None:
    draft = training_draft(line)
    if draft.is_complete:
        request = draft.request(ANN)
        assert request.links == draft.links
        assert all(link.lower().startswith(("http://", "https://")) for link in request.links)
        assert 2 <= len(request.name) <= 255
        assert len(request.links) <= parsing.MOST_LINKS
        assert len(request.note) <= parsing.LONGEST_NOTE


def _generation(line: str) -> None:
    request = generation_draft(line).request(ANN)
    assert 1 <= request.count <= 20
    assert 2 <= len(request.prompt) <= 3000
    assert request.quality in Quality
    assert request.format in Format


def _subcommand(line: str) -> None:
    word, rest = parsing.subcommand(line, KNOWN)
    assert word in KNOWN
    assert rest == rest.strip()


def _plain(line: str) -> None:
    plain = parsing.plain_text(line)
    assert plain == " ".join(plain.split())


def dictate(spoken: Spoken) -> None:
    """Write a request down as its help says; what is read is what was said."""
    line = (
        f"<https://a.example/x.zip|x> as {spoken.name} --note “{spoken.note}”{' --public' * spoken.is_public}"
    )
    request = training_draft(line).request(ANN)
    told = request.link, request.name, request.note, request.private
    assert told == ("https://a.example/x.zip", spoken.name, spoken.note, not spoken.is_public)
    drawn = generation_draft(f"{spoken.prompt} —count {spoken.count} --quality high").request(ANN)
    assert (drawn.prompt, drawn.count, drawn.quality) == (spoken.prompt, spoken.count, Quality.HIGH)


WORDS = Target("words", LINES, lent(type_in), most=500)
DICTATED = Target(
    "dictated words",
    st.builds(Spoken, _SAID, _SAID, _SAID, st.integers(1, 20), st.booleans()),
    lent(dictate),
    most=200,
)

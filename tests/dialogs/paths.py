"""Every way by which somebody can ask, pay or decide: each command and word, button, form and shortcut.

A listener or a word of `/style` that is not here, nor among those that only tell, fails a test
(`tests/handlers/test_every_path.py`): so nobody adds a way past the gate unseen.
"""

from dataclasses import dataclass

KINDS = ("run", "generation", "proposal")


@dataclass(frozen=True)
class Path:
    """One way. `name` is the line that is typed, an action_id or a callback_id.

    `about` names what it is done to; in a line it stands in braces. `is_open`: each member may, whatever the
    rules say, for it only tells, or only ever saves money; to all others it is closed as the rest is.
    """

    name: str
    about: str = ""
    is_open: bool = False


LINES = (
    Path("/train {link} as Vega"),
    Path("/train"),
    Path("/generate a red fox --style stellar --count 1"),
    Path("/generate"),
    *(Path(f"/style approve {{{kind}}}") for kind in KINDS),
    *(Path(f"/style reject {{{kind}}} not like this") for kind in KINDS),
    *(Path(f"/style retract {{{kind}}}") for kind in KINDS),
    *(Path(f"/style override {{{kind}}} the fair is near") for kind in KINDS),
    *(Path(f"/style breakglass {{{kind}}} nobody is here") for kind in KINDS),
    *(Path(f"/style cancel {{{kind}}}") for kind in KINDS),
    Path("/style undo {run}", is_open=True),
    Path("/style use stellar@1"),
    Path("/style release {pictures} 1"),
    Path("/style retry {ready}"),
    Path("/style check {ready}"),
    Path("/style check {pictures}"),
    Path("/style leave {run} 1"),
    Path("/style reuse {run}"),
    Path("/style list", is_open=True),
    Path("/style show stellar", is_open=True),
    Path("/style runs", is_open=True),
    Path("/style status", is_open=True),
    *(Path(f"/style status {{{kind}}}", is_open=True) for kind in (*KINDS, "pictures")),
    Path("/style budget", is_open=True),
    Path("/style policy", is_open=True),
    Path("/style audit"),
    Path("/style freeze all we move house"),
    Path("/style unfreeze all"),
    Path("/style resend"),
    Path("/style resume"),
    Path("/style away 2030-01-01", is_open=True),
    Path("/style back", is_open=True),
)

VOTES = ("approve", "comment", "reject", "retract", "override", "break_glass", "cancel", "give_up")
BUTTONS = (
    *(Path(f"{kind}.{vote}", kind) for kind in KINDS for vote in VOTES),
    Path("run.undo", "run", is_open=True),
    Path("run.details", "run", is_open=True),
    Path("run.leave_out", "run"),
    Path("run.reuse", "run"),
    Path("run.check", "ready"),
    Path("run.retry", "ready"),
    Path("run.default", "ready"),
    Path("run.generate", "ready"),
    *(Path(f"generation.{word}", "pictures") for word in ("again", "high", "edit", "use", "check")),
    Path("home.train"),
    Path("home.generate"),
    Path("notice.unpark"),
    Path("notice.release"),
)
FORMS = tuple(
    Path(f"form.{word}")
    for word in ("train", "generate", "reject", "comment", "override", "break_glass", "use", "leave_out")
)
SHORTCUTS = (Path("train_from_files"),)

TELLING_WORDS = frozenset({"help"})
"""What is told to everybody: what can be typed, and nothing of what there is."""
TELLING_EVENTS = frozenset({"app_home_opened"})
"""What shows who is no member why they are shown nothing; nobody asked for anything that could be refused."""

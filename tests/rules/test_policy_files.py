"""A policy file as a team writes it, and what comes of it."""

from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, UserId
from bot.domain.people import ADMINS, EVERYONE, Party, Person
from bot.domain.policy import (
    BUILT_IN,
    Action,
    Budget,
    Case,
    Check,
    Grant,
    Level,
    Per,
    Prices,
    Role,
    Rule,
    Scope,
    Step,
    authorize,
)
from tests.rules.rules_lab import NOW, RULE, STEPS, cautions, example, read

BRAND, AGENCY, ELSEWHERE = ChannelId("C0BRAND"), ChannelId("C0AGENCY"), ChannelId("C0OTHER")
WHOLE = """
quiet_hours = ["19:00", "07:00"]
digest = "C0BRAND"

[groups]
design = ["S0DESIGN", "U0ANN"]
brand = ["design", "U0BEN", "U0ANN"]     # Ann stands in both
heads = ["brand", "admins"]

[roles]
approve = ["heads", "U0CFO"]
generate = ["everyone"]
[[roles.in]]
channels = ["C0AGENCY"]
generate = ["design"]

[prices]
training = 12
picture = 0.04

[[rules]]
name = "dear trainings"
actions = ["train", "publish"]
channels = ["C0BRAND"]
styles = ["stellar*"]
above = 20
steps = [
    { from = ["brand"], count = 2 },
    { from = ["U0CFO"], silent = ["heads"], name = "finance" },
]
expires = "3d"
remind_after = "90m"
escalate_after = "8h"
escalate_to = ["admins"]

[[rules]]
name = "pictures of agencies"
action = "generate"
channels = ["C0AGENCY"]
mode = "any"
steps = [{ from = ["everyone"] }, { from = ["admins"] }]

[[checks]]
name = "no public models"
action = "publish"
level = "hard"
says = "Models of this team are never public."

[[checks]]
name = "old style"
styles = ["classic"]
level = "advisory"
says = "Classic is being retired."

[[budgets]]
name = "all"
limit = 500

[[budgets]]
name = "brand"
limit = 200.5
per = "channel"
of = ["C0BRAND"]
"""


def test_a_whole_file_becomes_the_policy_that_it_says() -> None:
    policy = read(WHOLE).policy
    brand = (Party("S0DESIGN"), Party("U0ANN"), Party("U0BEN"))
    dear = Rule(
        "dear trainings",
        Scope((Action.TRAIN, Action.PUBLISH), (BRAND,), ("stellar*",), 20.0),
        (Step("brand", brand, 2), Step("finance", (Party("U0CFO"),), 1, (*brand, ADMINS))),
        expires=timedelta(days=3),
        remind_after=timedelta(minutes=90),
        escalate_after=timedelta(hours=8),
        escalate_to=(ADMINS,),
    )
    agencies = Rule(
        "pictures of agencies",
        Scope((Action.GENERATE,), (AGENCY,)),
        (Step("a colleague", (EVERYONE,)), Step("an admin", (ADMINS,))),
        any_step=True,
    )
    assert policy.rules == (dear, agencies, *BUILT_IN.rules)
    assert policy.checks == (
        Check(
            "no public models",
            Scope((Action.PUBLISH,)),
            Level.HARD,
            "Models of this team are never public.",
        ),
        Check("old style", Scope(styles=("classic",)), Level.ADVISORY, "Classic is being retired."),
    )
    assert policy.grants == (
        Grant(Role.APPROVE, (*brand, ADMINS, Party("U0CFO"))),
        Grant(Role.GENERATE, (EVERYONE,)),
        Grant(Role.GENERATE, (Party("S0DESIGN"), Party("U0ANN")), (AGENCY,)),
    )
    assert policy.budgets == (Budget("all", 500.0), Budget("brand", 200.5, Per.CHANNEL, ("C0BRAND",)))
    assert (policy.prices, policy.quiet, policy.digest) == (Prices(12.0, 0.04), (19, 7), BRAND)
    assert (policy.source, policy.loaded_at) == ("policy.toml", NOW)


def test_the_file_decides_as_it_reads() -> None:
    policy = read(WHOLE).policy
    rule = policy.rule_for(Case(Action.TRAIN, BRAND, "stellar-2", 30.0))
    assert rule
    assert rule.name == "dear trainings"
    cheap = policy.rule_for(Case(Action.TRAIN, BRAND, "stellar-2", 20.0))
    assert cheap == BUILT_IN.rules[0]
    authorize(Person(UserId("U0ZOE")), Role.GENERATE, policy=policy, channel=ELSEWHERE)
    with pytest.raises(NotAllowed):
        authorize(Person(UserId("U0ZOE")), Role.GENERATE, policy=policy, channel=AGENCY)


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing yet\n", "[groups]\n[roles]\n[prices]\n"])
def test_an_empty_file_means_the_built_in_rules(text: str) -> None:
    policy = read(text).policy
    assert (policy.rules, policy.checks, policy.grants) == (BUILT_IN.rules, (), ())
    assert (policy.quiet, policy.digest) == (BUILT_IN.quiet, None)


def test_the_example_of_the_docstring_is_a_policy() -> None:
    policy = read(example()).policy
    names = [rule.name for rule in policy.rules[: -len(BUILT_IN.rules)]]
    assert names == ["dear trainings", "dear pictures"]
    assert [step.count for step in policy.rules[0].steps] == [2, 1]
    assert policy.holders(Role.REQUEST, AGENCY) == ()


def test_lines_may_end_as_on_windows() -> None:
    assert read(WHOLE.replace("\n", "\r\n")).policy.rules == read(WHOLE).policy.rules


def test_the_same_hour_twice_means_no_quiet_hours() -> None:
    assert read('quiet_hours = ["00:00", "00:00"]').policy.quiet == (0, 0)


@pytest.mark.parametrize(
    ("people", "name"),
    [
        ('["everyone"]', "a colleague"),
        ('["admins", "g"]', "an admin or g"),
        ('["U0ANN", "S0BRAND"]', "the approvers"),
    ],
)
def test_a_step_without_a_name_is_called_after_whom_it_names(people: str, name: str) -> None:
    text = f'[groups]\ng = ["U0BEN"]\n[[rules]]\nname = "a"\nsteps = [{{ from = {people} }}]\n'
    (step,) = read(text).policy.rules[0].steps
    assert step.name == name


# ── what is right, and may surprise ──────────────────────────────────────────────────────────────────


def test_a_usual_file_holds_no_surprise() -> None:
    assert cautions(WHOLE) == []


def test_whoever_lets_people_decide_alone_is_told_so() -> None:
    ((line, sentence),) = cautions(f"{RULE}four_eyes = false\n")
    assert line == 4
    assert "whoever asks may approve it too" in sentence


def test_a_role_that_nobody_has_is_pointed_out() -> None:
    text = '[roles]\nreview = []\n[[roles.in]]\nchannels = ["C0AGENCY"]\nrequest = []\n'
    assert [line for line, _ in cautions(text)] == [2, 5]


def test_a_role_of_a_group_that_has_nobody_is_pointed_out() -> None:
    ((line, sentence),) = cautions('[groups]\nnone = []\n[roles]\nadmin = ["none"]\n')
    assert (line, sentence) == (4, "Nobody has the role “admin” where no [[roles.in]] says otherwise.")


def test_a_step_of_people_who_may_not_approve_is_pointed_out() -> None:
    text = '[roles]\napprove = ["U0ANN"]\n[[rules]]\nname = "a"\nsteps = [\n  { from = ["U0BEN"] },\n]\n'
    ((line, sentence),) = cautions(text)
    assert line == 6
    assert "“approve” of [roles]" in sentence
    assert cautions(text.replace("U0BEN", "everyone")) == []
    assert cautions(text.replace("U0BEN", "U0ANN")) == []


AGENCY_DECIDES = (
    '[groups]\nbrand = ["U0BEN", "U0CAT"]\n[[roles.in]]\nchannels = ["C0AGENCY"]\napprove = ["U0EVE"]\n'
    '[[rules]]\nname = "a"\nsteps = [{ from = ["brand"], count = 2 }]\n'
)
OF_ITS_OWN = '[[rules]]\nname = "b"\nchannels = ["C0AGENCY"]\nsteps = [{ from = ["U0EVE"] }]\n'


@pytest.mark.parametrize(
    ("approve", "said"),
    [
        ('"U0EVE"', "This step names nobody whom “approve” of [roles] names in C0AGENCY: "),
        (
            '"U0EVE", "U0CAT"',
            "2 must approve, and this step names only 1 whom “approve” of [roles] names in C0AGENCY: ",
        ),
        ("", "This step names nobody whom “approve” of [roles] names in C0AGENCY: "),
    ],
)
def test_a_rule_that_a_channels_own_approvers_cannot_meet_is_pointed_out(approve: str, said: str) -> None:
    line, sentence = cautions(AGENCY_DECIDES.replace('"U0EVE"', approve))[-1]
    assert line == 8
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        AGENCY_DECIDES.replace('"U0EVE"', '"U0BEN", "U0CAT"'),
        AGENCY_DECIDES.replace('"U0EVE"', '"S0BRAND", "U0CAT"'),
        AGENCY_DECIDES.replace('"U0EVE"', '"everyone"'),
        AGENCY_DECIDES.replace("approve", "promote"),
        AGENCY_DECIDES.replace('"U0EVE"', '"U0CAT", "U0FAY"')
        + 'escalate_after = "2h"\nescalate_to = ["U0FAY"]\n',
        AGENCY_DECIDES + 'action = "generate"\nchannels = ["C0BRAND"]\n',
        AGENCY_DECIDES.replace("[[rules]]", f"{OF_ITS_OWN}[[rules]]"),
    ],
)
def test_a_rule_that_can_be_met_wherever_it_holds_is_no_surprise(text: str) -> None:
    assert cautions(text) == []


def test_who_may_review_pictures_decides_on_their_use() -> None:
    text = (
        '[roles]\nreview = ["U0ANN"]\n[[rules]]\nname = "a"\naction = "use"\nsteps = [{ from = ["U0BEN"] }]\n'
    )
    ((line, sentence),) = cautions(text)
    assert (line, "“review” of [roles]" in sentence) == (6, True)
    assert cautions(text.replace("review", "approve")) == []


BRAND_DECIDES = (
    '[groups]\nbrand = ["U0BEN", "S0BRAND"]\nnone = []\n[roles]\napprove = ["brand"]\n'
    '[[rules]]\nname = "a"\nsteps = [\n  { from = ["brand"], silent = ["U0BEN"] },\n]\n'
    'escalate_after = "8h"\nescalate_to = ["U0BEN"]\n'
)


@pytest.mark.parametrize("others", ['"admins"', '"U0CFO"', '"none"'])
def test_a_rule_that_escalates_to_people_who_may_not_approve_is_told_at_its_line(others: str) -> None:
    ((line, sentence),) = cautions(
        BRAND_DECIDES.replace('escalate_to = ["U0BEN"]', f"escalate_to = [{others}]")
    )
    assert line == 12
    assert sentence == (
        "“escalate_to” names nobody whom “approve” of [roles] names: who may not approve cannot decide here "
        "either."
    )


def test_that_a_channels_own_approvers_leave_nobody_to_escalate_to_is_told() -> None:
    own = '[[roles.in]]\nchannels = ["C0AGENCY"]\napprove = ["S0BRAND"]\n'
    line, sentence = cautions(BRAND_DECIDES.replace("[[rules]]", f"{own}[[rules]]"))[-1]
    assert line == 15
    assert "“escalate_to” names nobody whom “approve” of [roles] names in C0AGENCY: " in sentence


def test_silent_people_who_may_not_approve_are_pointed_out() -> None:
    ((line, sentence),) = cautions(BRAND_DECIDES.replace('silent = ["U0BEN"]', 'silent = ["U0CFO"]'))
    assert line == 9
    assert sentence.startswith("“silent” names nobody whom “approve” of [roles] names: ")


def test_where_those_it_escalates_to_may_approve_there_is_no_surprise() -> None:
    assert cautions(BRAND_DECIDES) == []
    for one in ("brand", "everyone"):
        assert cautions(BRAND_DECIDES.replace('escalate_to = ["U0BEN"]', f'escalate_to = ["{one}"]')) == []
    assert cautions(BRAND_DECIDES.replace('approve = ["brand"]', 'approve = ["everyone"]')) == []


def test_a_hard_check_on_everything_is_pointed_out() -> None:
    text = '[[checks]]\nname = "stop"\nlevel = "hard"\nsays = "Nothing goes."\n'
    ((line, sentence),) = cautions(text)
    assert line == 1
    assert "all that is asked is refused" in sentence
    assert cautions(text.replace("hard", "soft")) == []


@pytest.mark.parametrize(
    ("section", "line"), [(RULE, 5), ('[[checks]]\nname = "a"\nlevel = "soft"\nsays = "b"\n', 6)]
)
@pytest.mark.parametrize(
    ("about", "said"),
    [
        ('actions = ["train", "use"]', "“use” has no price, so this never holds for it: "),
        ("", "“promote” and “use” and “review” have no price, so this never holds for them: "),
    ],
)
def test_that_a_limit_never_holds_for_what_has_no_price_is_told_of_just_that(
    section: str, line: int, about: str, said: str
) -> None:
    text = f"{section}{about}\nabove = 3\n"
    ((where, sentence),) = cautions(text)
    assert (where, sentence.startswith(said)) == (line, True)
    policy = read(text).policy
    scope = (policy.checks or policy.rules)[0].scope
    for action in scope.actions or Action:
        is_told = f"“{action}”" in sentence
        assert is_told is bool(scope.misses(Case(action, BRAND, price=None))), action


def test_a_limit_on_what_has_a_price_is_no_surprise() -> None:
    assert cautions(f'{RULE}action = "train"\nabove = 3\n') == []


def test_steps_may_be_many_as_long_as_there_are_people_for_all() -> None:
    steps = '[{ from = ["U0ANN", "U0BEN"] }, { from = ["U0BEN", "U0CAT"] }, { from = ["U0CAT", "U0ANN"] }]'
    assert len(read(RULE.replace(STEPS, f"steps = {steps}")).policy.rules[0].steps) == 3


def test_an_admins_figure_can_be_said_to_hold() -> None:
    assert read("[prices]\ntraining = 12.0\nhold = true\n").policy.prices == Prices(training=12.0, hold=True)
    ((line, sentence),) = cautions("[prices]\nhold = true\n")
    assert line == 2
    assert "No price is set here that could hold" in sentence

"""Everything that may be wrong with a policy file, each on its line and with what to do about it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules import Fault, PolicyFault, read_policy
from bot.rules.reading import LARGEST
from tests.rules.rules_lab import RULE, STEPS, example, fault, faults

CHECK = '[[checks]]\nname = "a"\nlevel = "soft"\nsays = "b"\n'
BUDGET = '[[budgets]]\nname = "a"\nlimit = 5\n'
TWO = '[[rules]]\nname = "b"\nsteps = [{ from = ["admins"] }]\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        # keys
        ('\nquiet_hour = ["20:00", "08:00"]', 2, "A policy has no “quiet_hour”. Did you mean “quiet_hours”?"),
        (
            "\n\nsomething = 1",
            3,
            "There is: quiet_hours, digest, groups, roles, prices, rules, checks, budgets.",
        ),
        ('[roles]\n\napprov = ["admins"]', 3, "[roles] has no “approv”. Did you mean “approve”?"),
        ('[[roles.in]]\nchannel = ["C0A"]\nchannels = ["C0A"]', 2, "[[roles.in]] has no “channel”."),
        ("[prices]\npictures = 1", 2, "[prices] has no “pictures”. Did you mean “picture”?"),
        (f"{RULE}four_eye = true", 4, "A rule has no “four_eye”. Did you mean “four_eyes”?"),
        (
            '[[rules]]\nname = "a"\nsteps = [\n  { from = ["admins"],\n    cuont = 2 },\n]'.replace(
                ",\n   ", ","
            ),
            4,
            "A step has no “cuont”. Did you mean “count”?",
        ),
        (f'{CHECK}say = "c"', 5, "A check has no “say”. Did you mean “says”?"),
        (f"{BUDGET}limits = 4", 4, "A budget has no “limits”. Did you mean “limit”?"),
        # what is missing
        (f"\n[[rules]]\n{STEPS}", 2, "“name” is missing in a rule: write a name"),
        ('\n[[rules]]\nname = "a"', 2, "“steps” is missing in a rule: write 1 to 8 steps such as"),
        ('[[rules]]\nname = "a"\nsteps = [\n{ count = 1 }]', 4, "“from” is missing in a step"),
        (
            '[[checks]]\nname = "a"\nsays = "b"',
            1,
            '“level” is missing in a check: write "advisory", "soft" or',
        ),
        ('[[budgets]]\nname = "a"', 1, "“limit” is missing in a budget: write an amount of US dollars"),
        ('[[roles.in]]\nrequest = ["admins"]', 1, "“channels” is missing in [[roles.in]]"),
        # wrong types and values
        (
            "rules = 3",
            1,
            "“rules” takes at most 200 tables, each under a header [[rules]] of its own, not 3.",
        ),
        ("\n[rules]\n", 2, "“rules” takes at most 200 tables"),
        ('rules = ["x"]', 1, "“rules” takes at most 200 tables"),
        ("roles = true", 1, "“roles” takes a table under the header [roles], not true."),
        ("prices = 12", 1, "“prices” takes a table under the header [prices], not 12."),
        ('[roles]\napprove = "brand"', 2, "“approve” takes a list of at most 100 ids and group names"),
        ('[roles]\napprove = [\n"admins",\n5]', 4, "“approve” takes a list of at most 100 ids"),
        ('[roles]\nin = { channels = ["C0A"] }', 2, "“in” takes tables, each under a header [[roles.in]]"),
        ('[groups]\nbrand = "U0ANN"', 2, "“groups” takes a list of at most 100 ids and group names"),
        ("[groups]\nbrand = [1]", 2, "“groups” takes a list of at most 100 ids and group names"),
        (
            '[[rules]]\nname = "a"\nsteps = [{ from = ["admins"], count = "2" }]',
            3,
            "from 1 to 50, for example 2, not “2”.",
        ),
        (
            '[[rules]]\nname = "a"\nsteps = [{ from = ["admins"], count = 0 }]',
            3,
            "“count” takes a whole number",
        ),
        (
            '[[rules]]\nname = "a"\nsteps = [{ from = ["admins"], count = 1.5 }]',
            3,
            "“count” takes a whole number",
        ),
        (f'{RULE}mode = "some"', 4, '“mode” takes "all" or "any", not “some”.'),
        (f'{RULE}four_eyes = "yes"', 4, "“four_eyes” takes true or false, without quotes, not “yes”."),
        (f'{RULE}action = "trian"', 4, '“action” takes "train", "publish", "promote", "generate", "use" or'),
        (f'{RULE}actions = [\n"train",\n"fly"]', 6, "“actions” takes a list of"),
        (f'{RULE}above = "$20"', 4, "“above” takes an amount of US dollars, for example 20.0, not “$20”."),
        (f"{RULE}above = -1", 4, "“above” takes an amount of US dollars"),
        (f"{RULE}above = nan", 4, "“above” takes an amount of US dollars"),
        (f"{RULE}above = true", 4, "“above” takes an amount of US dollars, for example 20.0, not true."),
        (
            "[prices]\ntraining = 0",
            2,
            "“training” takes an amount of US dollars, for example 12.0, and never 0",
        ),
        ("[prices]\ntraining = 12.0\nhold = 'yes'", 3, "“hold” takes true or false, without quotes"),
        (f"{BUDGET}per = 'team'", 4, '“per” takes "workspace", "channel" or "user", not “team”.'),
        ("[[budgets]]\nname = 'a'\nlimit = inf", 3, "“limit” takes an amount of US dollars"),
        (
            '[[checks]]\nname = "a"\nlevel = "firm"\nsays = "b"',
            3,
            '"advisory", "soft" or "hard", not “firm”.',
        ),
        ('[[checks]]\nname = "a"\nlevel = "soft"\nsays = " "', 4, "“says” takes a sentence of at most 500"),
        (f"[[rules]]\nname = ''\n{STEPS}", 2, "“name” takes a name of 1 to 80 letters"),
        (f'[[rules]]\nname = "a\\u202Eb"\n{STEPS}', 2, "“name” takes a name of 1 to 80 letters"),
        # ids
        (
            'digest = "#brand"',
            1,
            '“digest” takes the id of a channel, for example "C024BE91L", not “#brand”.',
        ),
        (f'{RULE}channels = ["C0BRAND",\n"brand"]', 5, "“channels” takes a list of at most 100 channel ids"),
        ('[[roles.in]]\nchannels = []\nrequest = ["admins"]', 2, "“channels” takes a list of at most 100"),
        (f'{RULE}styles = ["Stellar"]', 4, "“styles” takes a list of style names as in an AIR"),
        ('[roles]\napprove = ["C0BRAND"]', 2, "“C0BRAND” is a channel, and here stand people"),
        ('[roles]\napprove = ["@ann"]', 2, "“@ann” is no id. Write the member id (U…)"),
        # times
        (
            f'{RULE}expires = "24 hours"',
            4,
            "“expires” takes minutes, hours or days, at most 365 days, for example",
        ),
        (f'{RULE}expires = "366d"', 4, "“expires” takes minutes, hours or days"),
        (f'{RULE}remind_after = "0m"', 4, "“remind_after” takes minutes, hours or days"),
        (f"{RULE}remind_after = 2", 4, "“remind_after” takes minutes, hours or days"),
        ('\nquiet_hours = ["20:30", "08:00"]', 2, "“quiet_hours” takes two whole hours"),
        ('\nquiet_hours = ["20:00"]', 2, "“quiet_hours” takes two whole hours"),
        ('\nquiet_hours = ["20:00", "08:00", 3]', 2, "“quiet_hours” takes two whole hours"),
        ('\nquiet_hours = "20:00"', 2, "“quiet_hours” takes two whole hours"),
        # groups
        (
            '[groups]\nbrand = ["U0ANN"]\n[roles]\napprove = ["brnad"]',
            4,
            "There is no group “brnad”. Did you mean “brand”?",
        ),
        (
            '[groups]\nbrand = [\n"U0ANN",\n"design"]',
            4,
            "There is no group “design”. Add it to [groups], or write",
        ),
        ('[groups]\na = ["a"]', 2, "Groups name each other in a circle: “a” → “a”. Take one out."),
        ('[groups]\na = ["c"]\nb = ["c"]\nc = ["U0A", "b"]', 3, "circle: “b” → “c” → “b”."),
        ('[groups]\neveryone = ["U0ANN"]', 2, "“everyone” already means something"),
        (
            '[groups]\nSALES = ["U0ANN"]',
            2,
            "“SALES” looks like an id of Slack: write the group's name in small",
        ),
        ('[groups]\n" " = ["U0ANN"]', 2, "A group needs a name that can be read."),
        # steps
        ('[[rules]]\nname = "a"\nsteps = []', 3, "“steps” takes 1 to 8 steps such as"),
        ('[[rules]]\nname = "a"\nsteps = [\n{ from = [] }]', 4, "“from” takes a list of at most 100 ids"),
        ('[[rules]]\nname = "a"\nsteps = ["brand"]', 3, "“steps” takes 1 to 8 steps such as"),
        (
            f'{RULE.replace("everyone", "g").replace(" }", ", count = 3 }")}[groups]\ng = ["U0ANN", "U0BEN"]',
            3,
            "3 must approve, and only 2 can: name more people, or lower “count”.",
        ),
        (
            '[[rules]]\nname = "a"\nsteps = [\n  { from = ["U0ANN"] },\n  { from = ["U0ANN"] },\n]',
            3,
            "Nobody counts at two steps, and these steps name too few people together",
        ),
        # what does not go together
        (f'{RULE}action = "use"\nactions = ["train"]', 5, "Give “action” or “actions”, not both."),
        (f'{CHECK}action = "use"\nactions = ["train"]', 6, "Give “action” or “actions”, not both."),
        (f'{RULE}escalate_after = "8h"', 4, "“escalate_after” needs “escalate_to”: who is asked then?"),
        (f'{RULE}escalate_to = ["admins"]', 4, "“escalate_to” needs “escalate_after”"),
        (
            f'{RULE}escalate_to = ["admins"]\nescalate_after = "1d"',
            5,
            "By then it has expired: make “escalate_after” shorter than “expires”.",
        ),
        (f"{BUDGET}of = ['C0A']", 4, "A budget of the workspace is of all: take “of” out"),
        (
            f"{BUDGET}per = 'channel'\nof = ['C0A',\n'U0ANN']",
            6,
            "“U0ANN” is no id of a channel: write one such as",
        ),
        (f"{BUDGET}per = 'user'\nof = ['S0BRAND']", 5, "“S0BRAND” is no id of a user: write one such as"),
        (
            f'{RULE}action = "promote"\nabove = 5',
            5,
            "“promote” has no price, so this never holds: take “above”",
        ),
        (
            f'{CHECK}actions = ["use", "review"]\nabove = 5',
            6,
            "“use” and “review” have no price, so this never holds: take “above” out.",
        ),
        # names
        (f'{RULE}action = "use"\n[[rules]]\nname = "a"\n{STEPS}', 6, "“a” is there already"),
        (f"{CHECK}\n{CHECK}", 7, "“a” is there already: give each its own name."),
        (f"{BUDGET}{BUDGET}", 5, "“a” is there already: give each its own name."),
        # never reached
        (f"{RULE}{TWO}", 4, "“b” is never reached: “a” before it covers all of it."),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(text: str, line: int, said: str) -> None:
    where, sentence = fault(text)
    assert said in sentence
    assert where == line


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('action = "train"', 'action = "train"\nabove = 5'),
        ("above = 5", "above = 5"),
        ("above = 5", "above = 6"),
        ('actions = ["train", "publish", "generate"]', "above = 5"),
        ('action = "train"', 'actions = ["train", "use"]\nabove = 5'),
        ('channels = ["C0A", "C0B"]', 'channels = ["C0B"]'),
        ('styles = ["st*"]', 'styles = ["stellar"]'),
        ('styles = ["st*"]', 'styles = ["st?ll*"]'),
        ('styles = ["st?llar"]', 'styles = ["stellar"]'),
        ('styles = ["st?r*"]', 'styles = ["st?r*"]'),
        ('styles = ["*"]', 'action = "use"'),
        ('actions = ["train", "publish", "promote", "generate", "use", "review"]', ""),
    ],
)
def test_a_rule_is_never_reached_where_an_earlier_one_covers_all_of_it(first: str, second: str) -> None:
    line, sentence = fault(f"{RULE}{first}\n{TWO}{second}\n")
    assert line == 5
    assert "“b” is never reached" in sentence


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('action = "train"', ""),
        ("above = 6", "above = 5"),
        ("above = 5", ""),
        ('channels = ["C0A"]', ""),
        ('channels = ["C0A"]', 'channels = ["C0A", "C0B"]'),
        ('styles = ["stellar"]', 'styles = ["st*"]'),
        ('styles = ["s?r"]', 'styles = ["s*r"]'),
        ('styles = ["stellar"]', ""),
    ],
)
def test_a_rule_is_reached_where_something_is_left_for_it(first: str, second: str) -> None:
    read_policy(f"{RULE}{first}\n{TWO}{second}\n", source="policy.toml")


def test_a_rule_is_never_reached_where_earlier_ones_cover_it_between_them() -> None:
    third = f'[[rules]]\nname = "c"\n{STEPS}\nactions = ["use", "train"]'
    text = f'{RULE}action = "train"\n{TWO}action = "use"\n{third}'
    line, sentence = fault(text)
    assert line == 9
    assert "“b” and “a” before it cover all of it" in sentence


def test_a_circle_of_groups_is_told_once_although_rules_name_it() -> None:
    rule = '[[rules]]\nname = "r"\nsteps = [{ from = ["b"], count = 2 }, { from = ["U0BEN"] }]'
    text = f'[groups]\na = ["b", "U0ANN"]\nb = ["a"]\n{rule}'
    assert [line for line, _ in faults(text)] == [2, 6]


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = (
        'digest = 5\n[groups]\na = ["a", "nobody"]\n[roles]\nadmin = ["team"]\n[[rules]]\nname = "x"\n'
        'steps = [{ from = ["U0A"], count = 2 }]\n[[rules]]\nname = "x"\naction = "fly"\n'
        f'{STEPS}\n[[budgets]]\nname = "b"\nlimit = "much"\n'
    )
    assert [line for line, _ in faults(text)] == [1, 3, 3, 5, 8, 10, 11, 15]


def test_a_refusal_reads_as_a_list_of_what_to_mend() -> None:
    with pytest.raises(PolicyFault) as refused:
        read_policy("\ndigest = 5\ndijest = 1", source="policy.toml")
    assert str(refused.value).splitlines() == [
        "The policy file cannot be used:",
        '  - Line 2: “digest” takes the id of a channel, for example "C024BE91L", not 5.',
        "  - Line 3: A policy has no “dijest”. Did you mean “digest”?",
    ]


# ── what is no TOML ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n[rules", 2),
        ("a = 1\nb = ", 2),
        ("a = 1\n\na = 2", 3),
        ('a = "never ends\nb = 1', 1),
        ("a = [1,\n2,\n", 3),
        ("a = 2026-02-30", 1),
        ("[a]\n[b]\n[a]\n", 3),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    where, sentence = fault(text)
    assert sentence.startswith("This is no TOML (")
    assert where == line


def test_what_is_no_text_is_told_with_its_line() -> None:
    assert fault("a = 1\n# caf\xe9".encode("latin-1")) == (
        2,
        "This is not UTF-8: save the file in that encoding.",
    )


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, f"a = {'9' * 5000}"])
def test_what_is_too_much_for_the_parser_is_a_fault_too(text: str) -> None:
    assert fault(text)[0] == 0


def test_a_file_of_256_kb_is_read_and_a_larger_one_is_not() -> None:
    read_policy("#" * LARGEST, source="policy.toml")
    assert fault("#" * (LARGEST + 1)) == (0, "The file is larger than 256 kB: that is no policy.")


def test_too_many_groups_are_refused_without_looking_at_them() -> None:
    text = "[groups]\n" + "\n".join(f'g{n} = ["g{n + 1}"]' for n in range(201))
    assert (1, "There are 201 groups; at most 200 are read.") in faults(text)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_however_a_file_is_damaged_every_fault_has_a_line_of_it(data: st.DataObject) -> None:
    lines = example().splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    wrong = st.sampled_from(
        ["count = 2", "x = [", "[rules]", "[[groups]]", "name = 1", "above = 'a'", "]", ""]
    )
    lines[at] = data.draw(wrong | st.text(max_size=12))
    text = "\n".join(lines)
    found: tuple[Fault, ...] = ()
    try:
        read_policy(text.encode("utf-8", "replace"), source="policy.toml")
    except PolicyFault as refused:
        found = refused.faults
    assert {one.line for one in found} <= set(range(text.count("\n") + 2))
    assert all(one.sentence.isprintable() for one in found)

"""Policy as code: the rules of a team in a TOML file, read into a `bot.domain.policy.Policy`.

The file is judged as a whole: every fault is told at once, with its line and what to do. It decides nothing
itself (the domain does), and asks nobody whether the people and channels in it exist. All parts are optional:
an empty file means the built-in rules, which also come after a file's own. Everything that a file can say:

```toml
quiet_hours = ["20:00", "08:00"]        # by each approver's own clock, whole hours; the same twice: none
digest = "C0BRAND"                      # the channel of the weekly digest; without it, to the admins

[groups]                                # names for people: users U…/W…, user groups of Slack S…, "everyone",
brand   = ["S0BRAND", "U0BEN"]          # "admins" (of the Slack workspace), or other groups
finance = ["U0FIN", "U0FAY"]
heads   = ["finance", "U0CEO"]

[roles]                                 # who may do what, everywhere; a role that is not here is everyone's,
request = ["everyone"]                  # and admin the Slack admins'
approve = ["brand", "heads", "U0CFO",   # whoever decides has this role, and is named by a step of a rule,
           "admins"]                    # silent or not, or by its escalate_to
promote = ["brand"]
generate = ["everyone"]
review  = ["brand"]
admin   = ["admins"]

[[roles.in]]                            # in these channels this holds instead; what is the whole workspace's
                                        # (freezes, the audit, alarms) is for the admins of [roles] alone
channels = ["C0AGENCY"]
generate = ["brand"]
request = []                            # nobody

[prices]                                # US dollars, used until something was measured
training = 12.0
picture  = 0.04
hold = false                            # true: what is set here holds, whatever was measured

[[rules]]                               # the first that covers a case holds; the built-in ones come last
name = "dear trainings"
action = "train"                        # or actions = ["train", "publish"]: train, publish, promote,
channels = ["C0BRAND"]                  # generate, use, review; nothing: all of them. Channels, styles and
styles = ["stellar*"]                   # above likewise. Styles are spelt as in an AIR, with * and ?
above = 20.0                            # a price that nobody knows counts as above; what has no price
                                        # (promote, use, review) never does
steps = [                               # each in its order; nobody counts at two of them
    { from = ["brand"], count = 2, name = "brand" },
    { from = ["finance"], silent = ["U0CFO"] },    # silent: may approve, and is not pinged
]
mode = "all"                            # or "any": one of the steps is enough
four_eyes = true                        # false: whoever asks may approve it too
expires = "24h"                         # minutes m, hours h, days d
remind_after = "2h"                     # and then after 3, 7, 15 … times this
escalate_after = "8h"
escalate_to = ["admins"]

[[rules]]
name = "dear pictures"
action = "generate"
above = 5
steps = [{ from = ["heads", "U0CFO"] }]

[[checks]]                              # what must not be; all that cover a case count
name = "no public models"
action = "publish"
level = "hard"                          # advisory: said on the card; soft: an admin must override it, with a
says = "Models of this team are never public."   # reason; hard: refused

[[budgets]]                             # US dollars in a calendar month (UTC)
name = "brand"
limit = 200.0
per = "channel"                         # workspace, channel (each of them) or user (each of them)
of = ["C0BRAND"]                        # only these channels or users
```
"""

from bot.rules.faults import Fault, PolicyFault
from bot.rules.questions import parsed_question
from bot.rules.reading import Reading, read_policy
from bot.rules.rulebook import Reload, Rulebook

__all__ = ["Fault", "PolicyFault", "Reading", "Reload", "Rulebook", "parsed_question", "read_policy"]

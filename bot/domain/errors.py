"""Every failure a person may read about, as one small family.

* HousestyleError         the text is a sentence fit for the channel
  x Refused               wrong as it stands: asking again will not help
    - NotUnderstood       the words of a command make no request
    - NotAllowed          this person may not do this
    - DatasetUnfit        the dataset cannot be trained on
    - BudgetExceeded      it would cost more than a budget has left
    - Frozen              an admin has stopped this for now
    - IllegalMove         what is asked does not fit the stage it is in
    - Unpostable          Slack will not take this message, there or ever
    - Unreadable          Slack does not let us look there: what may stand there cannot be found
  x Unavailable           the world failed: the same request may work later
    - AccessDenied        our key or balance is refused: a person must act
    - NotSent             nothing has left the house: the try does not count
      . NotYet            others of ours go first
  x Conflict              someone else moved first: read again, then decide

Whatever else is raised is a bug: the person gets a reference, we get the
traceback.
"""

from collections.abc import Sequence


class HousestyleError(Exception):
    """Something a person may read; `str()` of it is a sentence fit for the channel."""


class Refused(HousestyleError):
    """Wrong as it stands: asking again will not help. `code` is the machine's word for it."""

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class NotUnderstood(Refused):
    """The words of a command make no request; the sentence says which, with an example."""


class NotAllowed(Refused):
    """Not for this person to do."""


class DatasetUnfit(Refused):
    """The dataset cannot be trained on; `problems` holds a sentence for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems), code="datasetUnfit")
        self.problems = tuple(problems)


class BudgetExceeded(Refused):
    """It would cost more than a budget has left; nothing was reserved."""


class Frozen(Refused):
    """An admin has stopped this for now; the sentence holds the reason."""


class IllegalMove(Refused):
    """What is asked does not fit the stage it is in."""


class Unpostable(Refused):
    """Slack refuses this message for good; `code` is Slack's own error word."""


class Unreadable(Refused):
    """Slack does not let us look there; that nothing was found there proves nothing."""


class Unavailable(HousestyleError):
    """The world failed; the same request may work after `retry_after` seconds, if it said.

    `code` is the word that it gave, where it did answer, and we cannot tell what that means.
    """

    def __init__(self, sentence: str, *, retry_after: float | None = None, code: str = "") -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.code = code


class AccessDenied(Unavailable):
    """The other side refuses our key, or with `is_balance` our balance: a person has to mend it."""

    def __init__(self, sentence: str, *, retry_after: float | None = None, is_balance: bool = False) -> None:
        super().__init__(sentence, retry_after=retry_after)
        self.is_balance = is_balance


class NotSent(Unavailable):
    """Nothing was sent, for it would have been in vain: the try does not count."""


class NotYet(NotSent):
    """Nothing was sent, for others of ours go first."""


class Conflict(HousestyleError):
    """Someone else moved first: read again, then decide."""

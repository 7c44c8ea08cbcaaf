"""All targets, by their names."""

from typing import Any

from tests.fuzz.answers import ANSWERS
from tests.fuzz.archives import ARCHIVES
from tests.fuzz.drawings import DRAWINGS
from tests.fuzz.hooks import HOOKS
from tests.fuzz.links import LINKS_FOLLOWED, LINKS_TYPED
from tests.fuzz.policies import EXPORTS, POLICIES
from tests.fuzz.signatures import SIGNATURES
from tests.fuzz.target import Target
from tests.fuzz.tokens import TOKENS
from tests.fuzz.visits import VISITS
from tests.fuzz.witnesses import ARCHIVE, LOOKS
from tests.fuzz.words import DICTATED, WORDS

_ALL: tuple[Target[Any], ...] = (
    *(ARCHIVES, LINKS_FOLLOWED, LINKS_TYPED, ANSWERS, ARCHIVE, LOOKS, HOOKS, TOKENS),
    *(VISITS, SIGNATURES, WORDS, DICTATED, DRAWINGS, POLICIES, EXPORTS),
)
TARGETS = {target.name: target for target in _ALL}

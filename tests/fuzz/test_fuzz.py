"""A few hundred inputs of each target, the same at every run; the long way is `python -m tests.fuzz`."""

from tests.fuzz.answers import ANSWERS
from tests.fuzz.archives import ARCHIVES
from tests.fuzz.door import BUGS, door
from tests.fuzz.drawings import DRAWINGS
from tests.fuzz.hooks import HOOKS
from tests.fuzz.links import LINKS_FOLLOWED, LINKS_TYPED
from tests.fuzz.payloads import PLAIN
from tests.fuzz.policies import EXPORTS, POLICIES
from tests.fuzz.signatures import SIGNATURES
from tests.fuzz.target import fuzz
from tests.fuzz.tokens import TOKENS
from tests.fuzz.visits import VISITS
from tests.fuzz.witnesses import ARCHIVE, LOOKS
from tests.fuzz.words import DICTATED, WORDS


def test_a_zip_is_refused_in_words_or_is_what_its_listing_says() -> None:
    fuzz(ARCHIVES)


def test_a_link_is_refused_without_a_word_of_it_or_leads_to_a_public_host() -> None:
    fuzz(LINKS_FOLLOWED)


def test_what_is_typed_for_a_link_is_taken_as_it_is_or_answered_with_an_example() -> None:
    fuzz(LINKS_TYPED)


def test_nothing_that_runware_answers_is_believed_without_proof() -> None:
    fuzz(ANSWERS)


def test_nothing_that_runwares_archive_says_is_believed_without_proof() -> None:
    fuzz(ARCHIVE)


def test_what_runware_tells_of_one_task_is_never_taken_for_anothers() -> None:
    fuzz(LOOKS)


def test_whoever_calls_a_webhook_is_told_nothing() -> None:
    fuzz(HOOKS)


def test_only_tokens_of_ours_are_about_anything() -> None:
    fuzz(TOKENS)


def test_a_signed_delivery_breaks_nothing_and_is_written_once() -> None:
    fuzz(VISITS)


def test_everything_that_people_do_in_the_embedded_workspace_is_heard_without_a_bug() -> None:
    BUGS.clear()
    with door() as visit:
        for delivery in PLAIN:
            visit(delivery)
    assert BUGS == {}


def test_only_what_slack_signed_just_now_is_let_in() -> None:
    fuzz(SIGNATURES)


def test_whatever_is_typed_is_understood_or_answered_with_a_sentence() -> None:
    fuzz(WORDS)


def test_a_request_as_the_help_words_it_is_read_as_it_was_meant() -> None:
    fuzz(DICTATED)


def test_slack_takes_all_that_is_drawn_and_nobodys_words_call_anybody() -> None:
    fuzz(DRAWINGS)


def test_any_policy_file_is_rules_or_its_faults_in_words() -> None:
    fuzz(POLICIES)


def test_whatever_was_done_its_audit_is_exported_line_by_line_and_verifies() -> None:
    fuzz(EXPORTS)

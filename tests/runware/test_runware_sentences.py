"""Runware's codes become sentences that a person can act on, and its words are never believed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runware.codes import Kind, kind_of
from bot.runware.sentences import LONGEST_QUOTE, plain_code, quoted, sentence_of
from bot.runware.wire import IMAGE


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("insufficientCredits", Kind.QUOTA),
        ("quotaExceeded", Kind.QUOTA),
        ("notEnoughBalance", Kind.QUOTA),
        ("paymentRequired", Kind.QUOTA),
        ("rateLimitExceeded", Kind.RATE),
        ("providerRateLimitExceeded", Kind.RATE),
        ("tooManyRequests", Kind.RATE),
        ("maxConcurrentRequestsExceeded", Kind.RATE),
        ("contentPolicyViolation", Kind.SAFETY),
        ("providerContentPolicyViolation", Kind.SAFETY),
        ("sensitiveContentDetected", Kind.SAFETY),
        ("unsafeContentDetected", Kind.SAFETY),
        ("nsfwContentDetected", Kind.SAFETY),
        ("promptBlocked", Kind.SAFETY),
        ("imageBlocked", Kind.SAFETY),
        ("moderationFailed", Kind.SAFETY),
        ("invalidProviderContent", Kind.SAFETY),
        ("invalidApiKey", Kind.AUTH),
        ("missingApiKey", Kind.AUTH),
        ("unauthorized", Kind.AUTH),
        ("forbidden", Kind.AUTH),
        ("permissionDenied", Kind.AUTH),
        ("insufficientPermissions", Kind.AUTH),
        ("authenticationFailed", Kind.AUTH),
        ("tokenExpired", Kind.AUTH),
        ("accountSuspended", Kind.AUTH),
        ("accountDisabled", Kind.AUTH),
        ("organizationNotFound", Kind.AUTH),
        ("workspaceDisabled", Kind.AUTH),
        ("timeoutProvider", Kind.TIMEOUT),
        ("taskFailedOrNotFound", Kind.ABSENT),
        ("taskNotFound", Kind.ABSENT),
        ("resultExpired", Kind.ABSENT),
        ("notFound", Kind.ABSENT),
        ("taskDetailsNotFound", Kind.ABSENT),
        ("detailsNotFound", Kind.ABSENT),
        ("taskResultExpired", Kind.ABSENT),
        ("taskCancelled", Kind.NOT_FOUND),
        ("unknownModel", Kind.NOT_FOUND),
        ("modelNotFound", Kind.NOT_FOUND),
        ("datasetExpired", Kind.NOT_FOUND),
        ("internalServerError", Kind.SERVER),
        ("serviceUnavailable", Kind.SERVER),
        ("unrecognizedResponse", Kind.SERVER),
        ("gatewayError", Kind.SERVER),
        ("badGateway", Kind.SERVER),
        ("inferenceError", Kind.PROVIDER),
        ("downloadFailed", Kind.PROVIDER),
        ("noAvailableServer", Kind.PROVIDER),
        ("modelNotReady", Kind.PROVIDER),
        ("providerOverloaded", Kind.PROVIDER),
        ("invalidDataset", Kind.VALIDATION),
        ("missingParameter", Kind.VALIDATION),
        ("conflictTaskUUID", Kind.VALIDATION),
        ("maxSizeExceeded", Kind.VALIDATION),
        ("unknownParameter", Kind.VALIDATION),
        ("modelOwnershipValidationError", Kind.VALIDATION),
        ("modelAlreadyExists", Kind.VALIDATION),
        ("brandNewCode", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_a_code_is_told_apart_by_the_first_rule_that_fits(code: str, kind: Kind) -> None:
    assert kind_of(code) is kind
    assert kind_of(code.upper()) is kind


@pytest.mark.parametrize(
    ("code", "next_step"),
    [
        ("invalidDataset", "ask again with `/train`"),
        ("downloadFailed", "The link must be public"),
        ("modelAlreadyExists", "--air"),
        ("modelOwnershipValidationError", "HOUSESTYLE_AIR_NAMESPACE"),
        ("modelNotReady", "in a few minutes"),
        ("unknownModel", "`/style list`"),
        ("taskCancelled", "Ask again"),
        ("insufficientCredits", "top it up"),
        ("promptBlocked", "Runware declined the prompt: reword it"),
        ("invalidApiKey", "RUNWARE_API_KEY"),
        ("timeoutProvider", "Ask again"),
        ("internalServerError", "Ask again"),
        ("inferenceError", "Ask again"),
        ("rateLimitExceeded", "Ask again"),
        ("brandNewCode", "(brandNewCode)"),
    ],
)
def test_a_person_is_told_what_to_do_next(code: str, next_step: str) -> None:
    assert next_step in sentence_of(code, "")


@pytest.mark.parametrize("code", ["nsfwContentDetected", "imageBlocked"])
def test_what_was_drawn_and_withheld_is_not_said_to_be_a_declined_prompt(code: str) -> None:
    assert sentence_of(code, "", IMAGE) == (
        "Runware withheld what was drawn: ask once more, or reword the prompt."
    )


def test_runwares_own_words_are_quoted_after_ours() -> None:
    assert sentence_of("invalidDataset", "Only 9 images.").endswith(" Runware says: “Only 9 images.”")


def test_an_unknown_code_is_shown_with_runwares_words() -> None:
    assert sentence_of("brandNewCode", "Flux too low.") == (
        "Runware refused this as it stands. Change what it names and ask again. "
        "Runware says: “Flux too low.” (brandNewCode)"
    )


def test_words_about_a_key_are_not_quoted() -> None:
    assert "rw-123" not in sentence_of("invalidApiKey", "Invalid key rw-123")


def test_addresses_and_keys_are_cut_out_of_a_quote() -> None:
    said = quoted("No https://a.example/x.zip?X-Amz-Signature=abc nor " + "k" * 32 + " here")
    assert said == " Runware says: “No … nor … here”"


def test_an_address_hidden_by_invisible_characters_is_cut_out_too() -> None:
    assert quoted("see https:/\u200b/a.example/x") == " Runware says: “see …”"


def test_control_and_direction_characters_are_dropped_and_lines_joined() -> None:
    assert quoted("a\u0000b\nc\u202ed\ud800 “e”") == " Runware says: “ab cd 'e'”"


def test_a_message_of_nothing_is_not_quoted() -> None:
    assert quoted(" \n\u200b ") == ""


def test_a_long_message_is_cut() -> None:
    said = quoted("word " * 1000)
    assert said.endswith("…”")
    assert len(said) == len(" Runware says: “”") + LONGEST_QUOTE


def test_a_code_is_a_short_plain_word() -> None:
    assert plain_code("<!channel>\nfoo") == "channelfoo"
    assert plain_code("") == "unknown"
    assert len(plain_code("x" * 1000)) == 64


@settings(deadline=None)  # a busy machine is no fault of ours
@given(code=st.text(), message=st.text())
def test_whatever_runware_writes_the_sentence_is_short_and_clean(code: str, message: str) -> None:
    said = sentence_of(code, message)
    assert len(said) < 700
    assert not any(unicodedata.category(character).startswith("C") for character in said)
    assert said.encode()

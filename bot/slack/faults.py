"""What a failed call to Slack means, in the words of `bot.domain.errors`.

Three kinds, because a message may be sent again only where it certainly does not stand:

* a definite no                 -> Unpostable, with Slack's own word as `code`
* certainly not done, for now   -> Unavailable with `retry_after`
* anything else                 -> Unavailable without it: nobody can say, so it has to be looked up

An error word that we do not know is of the third kind, with that word as `code`. What may be over in a moment
or never, as a file that Slack does not show, is of the second kind, with its word. No sentence here holds an
address or Slack's answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import Refused, Unavailable, Unpostable

DEFAULT_WAIT = 30.0
"""Seconds to wait where Slack limits us without saying for how long."""
FILE_WAIT = 1.0
"""Seconds until what shows a file is tried again."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LIMITED = _words("ratelimited rate_limited message_limit_exceeded")

TRANSIENT = _words(
    """
    duplicate_channel_not_found duplicate_message_not_found external_channel_migrating fatal_error
    internal_error list_record_comment_fetch_failed request_timeout service_unavailable team_added_to_org
    update_failed
    """
)

DEFINITE = _words(
    """
    access_denied account_inactive alt_txt_too_large app_access_restricted as_user_not_supported
    attachment_payload_limit_exceeded block_mismatch blocked_file_type cannot_reply_to_message
    cant_broadcast_message cant_update_message channel_is_limited_access channel_not_found
    channels_limit_exceeded deprecated_endpoint draft_already_deleted draft_already_sent draft_has_conflict
    draft_not_found duplicate_external_id edit_window_closed ekm_access_denied enterprise_is_restricted
    file_deleted file_is_deleted file_not_found file_share_limit_reached file_type_not_allowed
    file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled hash_conflict
    invalid_arg_name invalid_arguments invalid_array_arg invalid_attachments invalid_auth invalid_blocks
    invalid_blocks_format invalid_channel invalid_charset invalid_cursor invalid_form_data invalid_limit
    invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema invalid_post_type
    invalid_ts_latest invalid_ts_oldest invalid_types invalid_user_combination is_archived is_inactive
    limit_required markdown_text_conflict max_file_sharing_exceeded message_not_found messages_tab_disabled
    metadata_must_be_sent_from_app metadata_too_large method_deprecated
    method_not_supported_for_channel_type missing_argument missing_charset missing_file_data
    missing_post_type missing_profile_id missing_scope msg_blocks_too_long msg_too_long
    no_dual_broadcast_content_update no_permission no_text not_allowed_token_type not_authed not_enabled
    not_enough_users not_implemented not_in_channel org_login_required posting_to_channel_denied
    restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel send_on_behalf_not_allowed
    slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
    slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
    slack_connect_lists_sharing_blocked snippet_too_large storage_limit_reached streaming_state_conflict
    team_access_not_granted team_not_found thread_not_found token_expired token_revoked too_many_attachments
    too_many_contact_cards too_many_users two_factor_setup_required unable_to_share_files
    unknown_snippet_type unknown_subtype user_disabled user_not_found user_not_visible
    users_list_not_supplied view_too_large
    """
)


@contextmanager
def told_in_our_words() -> Iterator[None]:
    """Let what Slack's client raises leave as Unpostable or Unavailable."""
    try:
        yield
    except SlackApiError as error:
        raise fault(error) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable("Slack did not answer.") from error


UNREADABLE = {
    "missing_scope": (
        "Housestyle may not read that in Slack: an admin has to install it again with the permissions of its "
        "manifest."
    ),
    "not_in_channel": "Housestyle is not in that channel: invite it with `/invite`, then ask again.",
    "channel_not_found": "Housestyle cannot see that conversation: invite it with `/invite`, then ask again.",
    "thread_not_found": "That thread is gone from Slack: post the pictures again.",
    "file_not_found": (
        "Housestyle cannot see one of the files: invite it to the channel with `/invite`, or post the file "
        "again."
    ),
    "file_deleted": "One of the files was deleted from Slack: post it again.",
}
"""What a no of Slack's means where we only wanted to read what people posted."""


@contextmanager
def told_of_files() -> Iterator[None]:
    """Let what Slack's client raises leave as Refused, with what to do next, or Unavailable."""
    try:
        with told_in_our_words():
            yield
    except Unpostable as no:
        unknown = (
            f"Slack does not let Housestyle read that ({no.code}). Put the pictures into a ZIP and link it."
        )
        raise Refused(UNREADABLE.get(no.code, unknown), code=no.code) from no


def fault(error: SlackApiError) -> Unpostable | Unavailable:
    """Return what an answer that is no success means."""
    word = error_word(error)
    if (wait := asked_to_wait(error)) is not None:
        return Unavailable("Slack asks us to wait.", retry_after=wait)
    if is_about_a_file(error):
        return Unavailable("Slack cannot show a file, or not yet.", retry_after=FILE_WAIT, code=word)
    if word in DEFINITE:
        return Unpostable(f"Slack refuses this: {word}.", code=word)
    return Unavailable("Slack gave no usable answer.", code=word or f"HTTP {_status(error)}")


def asked_to_wait(error: SlackApiError) -> float | None:
    """Return for how many seconds Slack wants no more of this; None where it wants something else."""
    is_limit = _status(error) == 429 or error_word(error) in LIMITED  # noqa: PLR2004 - RFC 6585
    return _retry_after(error) if is_limit else None


def is_no(error: SlackApiError) -> bool:
    """Return whether Slack said no, in a word that we may not even know, and will not say otherwise soon."""
    word = error_word(error)
    return bool(word) and word not in TRANSIENT and asked_to_wait(error) is None


UNAUTHORISED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_allowed_token_type",
    }
)
"""Slack's words for a token that is none, or none any more, or of another kind."""


def is_about_a_file(error: SlackApiError) -> bool:
    """Return whether all that is wrong with the blocks is a `slack_file` (facts/slack.md §2, trap 2).

    Slack is not done with the file yet, or somebody deleted it.
    """
    details = _data(error).get("response_metadata") or {}
    messages = [*details.get("messages", ()), *(_data(error).get("errors") or ())]
    is_alone = bool(messages) and all("/slack_file" in str(message) for message in messages)
    return is_alone and error_word(error) == "invalid_blocks"


def error_word(error: SlackApiError) -> str:
    """Return Slack's word for the error; empty where the answer had none (say, a proxy's page)."""
    return str(_data(error).get("error") or "")


def _retry_after(error: SlackApiError) -> float:
    said = str(getattr(error.response, "headers", {}).get("Retry-After", ""))
    return float(said) if said.isdecimal() else DEFAULT_WAIT


def _status(error: SlackApiError) -> int:
    """Return the HTTP status; where the body was no JSON the SDK hands over aiohttp's own response."""
    response: Any = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def _data(error: SlackApiError) -> dict[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}

"""Runware: the key, the money, and the name under which our models are kept."""

from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import Patient
from bot.domain.errors import AccessDenied, Unavailable
from bot.runware import answers
from bot.runware.answers import Account
from bot.runware.sentences import plain_code

KEY, BALANCE, NAMESPACE = "Runware key", "Runware balance", "AIR namespace"
_KEY_FIRST = "Not checked: the key comes first."


async def check_key(patient: Patient) -> Finding:
    """Say whether Runware accepts the key."""
    reply = await patient.outside.account()
    if reply is None:
        remedy = "Check that this machine may reach RUNWARE_API_URL."
        return Finding(KEY, Mark.FAULT, "Runware did not answer.", remedy)
    answer = answers.read(reply.status, reply.body)
    codes = ", ".join(plain_code(fault.code) for fault in answer.faults) or f"HTTP {reply.status}"
    try:
        answers.account_of(answer, patient.outside.account_task)
    except AccessDenied:
        remedy = "Copy the key from Runware's dashboard anew; it must be allowed to read the account."
        return Finding(KEY, Mark.FAULT, f"Runware refuses RUNWARE_API_KEY ({codes}).", remedy)
    except Unavailable:
        remedy = "Check RUNWARE_API_URL; if it is right, try again in a few minutes."
        return Finding(KEY, Mark.FAULT, f"Runware answers, but not with the account ({codes}).", remedy)
    return Finding(KEY, Mark.OK, "accepted")


async def check_balance(patient: Patient) -> Finding:
    """Say whether money is left, and whether what was spent can be compared every day.

    What a training costs is not published, so any balance will do.
    """
    account = await _account(patient)
    if account is None:
        return Finding(BALANCE, Mark.LOOK, _KEY_FIRST)
    if account.balance is None:
        return Finding(BALANCE, Mark.LOOK, "Runware does not state it.", "Look at Runware's dashboard.")
    if account.balance <= 0:
        sentence = f"${account.balance:,.2f}: nothing can be trained or drawn."
        return Finding(BALANCE, Mark.FAULT, sentence, "Top the account up at Runware.")
    if account.spent is None:
        sentence = f"${account.balance:,.2f}; Runware does not state what was spent."
        remedy = (
            "Housestyle cannot compare that with its books every day: look at Runware's dashboard for it."
        )
        return Finding(BALANCE, Mark.LOOK, sentence, remedy)
    return Finding(BALANCE, Mark.OK, f"${account.balance:,.2f}")


async def check_namespace(patient: Patient) -> Finding:
    """Say whether it is known whose models ours are, and whether setting and account agree."""
    ours = patient.settings.housestyle_air_namespace
    account = await _account(patient)
    if account is None:
        return Finding(NAMESPACE, Mark.LOOK, _KEY_FIRST)
    if ours and account.namespace and ours != account.namespace:
        return Finding(
            NAMESPACE,
            Mark.LOOK,
            f"HOUSESTYLE_AIR_NAMESPACE is {ours}, but the account states {account.namespace}.",
            "Runware refuses trainings under another organisation's name: leave the setting out unless you "
            "know better.",
        )
    if not (ours or account.namespace):
        return Finding(
            NAMESPACE,
            Mark.FAULT,
            "The account does not state under which name its models are kept.",
            "Set HOUSESTYLE_AIR_NAMESPACE to your organisation's AIR name.",
        )
    where = "as the account states" if account.namespace else "from HOUSESTYLE_AIR_NAMESPACE"
    return Finding(NAMESPACE, Mark.OK, f"{ours or account.namespace}, {where}")


async def _account(patient: Patient) -> Account | None:
    reply = await patient.outside.account()
    if reply is None:
        return None
    try:
        return answers.account_of(answers.read(reply.status, reply.body), patient.outside.account_task)
    except Unavailable:
        return None

"""The words of the live room that its scripts put on the page. Values in braces are filled in there."""

from django.utils.translation import gettext as _


def room_strings() -> dict[str, str]:
    """All of them, in the reader's language. A key with `_one` beside it is taken for a count of 1."""
    return {**_people(), **_log(), **_writing(), **_states(), **_line()}


def young_strings() -> dict[str, str]:
    """What only the page of a young person says."""
    return {**_rows(), **_beside(), **sanction_strings()}


def _people() -> dict[str, str]:
    return {
        "you": _("you"),
        "someone": _("Someone"),
        "role_counsellor": _("counsellor"),
        "role_guest": _("guest"),
        "person_away": _("not here right now"),
        "leads": _("With {names}"),
        "nobody_leads": _("No counsellor is here right now"),
        "closed_short": _("The chat is closed"),
        "typing": _("{names} are writing …"),
        "typing_one": _("{names} is writing …"),
    }


def _log() -> dict[str, str]:
    return {
        "removed": _("The message has been removed."),
        "removed_because": _("Why: {reason}"),
        "earlier_message": _("An earlier message"),
        "unread_line": _("New messages"),
        "pill": _("{count} new messages"),
        "pill_one": _("1 new message"),
        "new_messages": _("{count} new messages"),
        "note_lobby": _("{time} The chat has not opened yet"),
        "note_open": _("{time} The chat is open"),
        "note_waiting": _("{time} The counsellor is away for a moment"),
        "note_paused": _("{time} A little break"),
        "note_closing": _("{time} The chat closes soon"),
        "note_closed": _("{time} The chat is closed"),
        "reply": _("Reply"),
        "remove_mine": _("Remove my message"),
        "hidden": _("You have hidden this person."),
        "card_from": _("{name} shows a place with help"),
        "card_said": _("{name} shows a place with help: {service}"),
        "service_open": _("Open now"),
        "service_closed": _("Closed right now"),
        "service_checked": _("checked {day}"),
        "poll_result": _("This is what we answered"),
        "votes": _("{count} answers"),
        "votes_one": _("1 answer"),
    }


def _writing() -> dict[str, str]:
    return {
        "write_here": _("Write to the others"),
        "write_later": _("You cannot send right now"),
        "write_draft": _("You can write a draft"),
        "calm_hold": _("A counsellor reads each message before the others see it."),
        "calm_slow": _("We write slowly right now: wait {count} seconds between your messages."),
        "pin_said": _("Right now: {text}"),
        "released": _("A counsellor has read your message. The others can see it now."),
        "discarded": _("The others do not see your message. Why: {reason}"),
        "reply_to": _("Reply to {name}:"),
        "left": _("{count} characters left"),
        "left_one": _("1 character left"),
        "too_many": _("{count} characters too many"),
        "too_many_one": _("1 character too many"),
        "sending": _("Sending …"),
        "sent_later": _("Goes out when the counsellor is back."),
        "failed": _("Not sent."),
        "held": _("It has been sent to the counsellors. The others cannot see it."),
        "retry": _("Try again"),
        "edit": _("Edit"),
        "discard": _("Delete"),
        "box_is_full": _("First send or delete what you are writing."),
        "too_big": _("The message was too big."),
        "page_too_old": _("The page has been open for too long. Load it again. Your text stays."),
        "span_CPR": _("CPR number"),
        "span_PHONE": _("phone number"),
        "span_EMAIL": _("mail address"),
        "span_ADDRESS": _("address"),
        "span_NAME": _("name"),
        "span_SCHOOL": _("school"),
        "span_HANDLE": _("profile"),
        "span_LINK": _("link"),
        "span_MEETUP": _("meeting place"),
        "span_OTHER": _("can reveal you"),
    }


def _rows() -> dict[str, str]:
    return {
        "hide": _("Hide {name} for me"),
        "unhide": _("Show {name} again"),
        "report": _("Tell the counsellor"),
        **report_reasons(),
        "report_other": _("Something else …"),
        "reported": _("Thank you. It lies with the counsellors now. The others cannot see that you told."),
    }


def report_reasons() -> dict[str, str]:
    """One tap each."""
    return {
        "report_hard": _("It is mean"),
        "report_unsafe": _("It makes me feel unsafe"),
        "report_contact": _("Someone wants to meet"),
        "report_worried": _("I am worried"),
    }


def _beside() -> dict[str, str]:
    """The whisper line and the polls."""
    return {
        "hush_new": _("{count} new"),
        "hush_new_one": _("1 new"),
        "hush_said": _("Whisper from {name}: {text}"),
        "poll_said": _("A question for everybody: {text}"),
        "poll_mine": _("Your answer"),
    }


def sanction_strings() -> dict[str, str]:
    """What happened and what comes next, to the one whom it is about. Calm, short, and never a judgement."""
    still = _("You can still read along, whisper and use everything else.")
    return {
        "sanction_why": _("Why: {reason}"),
        "warned_title": _("A word from the counsellor"),
        "warned_next": _("You can go on writing. The others cannot see this."),
        "muted_title": _("You cannot write to the others until {time}"),
        "muted_next": _("After that you can write again by itself.") + " " + still,
        "muted_open_title": _("You cannot write to the others right now"),
        "muted_open_next": _("A counsellor opens it again.") + " " + still,
        "unmuted_title": _("You can write to the others again"),
        "unmuted_next": _("It is good that you are here."),
        "protected_title": _("We look after you now"),
        "protected_next": _(
            "Your messages are only with the counsellors now. You have done nothing wrong. Write to us here or in "
            "the whisper line: we read it."
        ),
        "unprotected_title": _("The others can see what you write again"),
        "unprotected_next": _("What you wrote before stays with the counsellors."),
    }


def _states() -> dict[str, str]:
    return {
        "welcome_lobby": _("You can just wait here. You can write when we open, and it is fine only to read along."),
        "welcome_open": _("From here on you see what is written. It is fine only to read along."),
        "welcome_waiting": _("From here on you see what is written. It is fine only to read along."),
        "welcome_paused": _("From here on you see what is written. It is fine only to read along."),
        "welcome_closing": "",
        "welcome_closed": "",
        "banner_lobby_young": _("We open at {time}. Feel free to stay."),
        "banner_lobby_staff": _("We said {time}. You open the room when you are ready."),
        "banner_soon_young": _("We open as soon as the counsellor is here."),
        "banner_soon_staff": _("It is time. Open the room when you are ready."),
        "banner_no_show": _(
            "The counsellor has not come yet. We open as soon as there is one. There is help now, if you need it."
        ),
        "banner_waiting_young": _(
            "The counsellor is away for a moment. You cannot write right now. What you have written stays."
        ),
        "banner_waiting_staff": _(
            "The room waits for a counsellor. Touch the page or press a key, and you are here again."
        ),
        "banner_paused_young": _("We take a little break. You can read meanwhile."),
        "banner_paused_staff": _("The room has a break. Only counsellors can write."),
        "banner_closing_young": _("The chat closes at {time}. Say goodbye if you like."),
        "banner_closing_staff": _("The chat closes at {time}."),
        "banner_closed_young": _("The chat is closed. Thank you for being here. You can read for a few minutes yet."),
        "banner_closed_staff": _("The chat is closed. What remains is the post about tonight."),
    }


def _line() -> dict[str, str]:
    return {
        "no_line": _("No connection. We are trying again."),
        "crowded": _("Very many are here right now. We try again in a moment."),
        "end_4403": _("You cannot get into this chat."),
        "end_4404": _("This chat is not here any more."),
        "end_4409": _("You have opened the chat in another tab."),
    }

"""The words of the counsellor's page that its scripts put there. The young's page does not carry them."""

from django.utils.translation import gettext as _


def staff_strings() -> dict[str, str]:
    """All of them, in the reader's language. A key with `_one` beside it is taken for a count of 1."""
    return {
        **_standing(),
        **_reasons(),
        **_done(),
        **_steps(),
        **_whispers(),
        **_share(),
        **_desk(),
        **_record(),
        **_room(),
    }


def _standing() -> dict[str, str]:
    return {
        "is_warned": _("warned"),
        "is_muted": _("muted"),
        "is_muted_until": _("muted until {time}"),
        "is_protected": _("protected"),
        "is_out": _("kicked"),
        "is_kicked": _("{name} is out of the chat."),
        "it_moved": _("The messages moved on. They stand still now: choose again."),
        "kick_later": _("Kick and ban come after a warning."),
        "missing_warning": _("First a warning that reaches them."),
        "missing_mute": _("First a mute."),
        "missing_kick": _("First a kick."),
        "nothing_to_remove": _("Choose a message that still stands there."),
    }


def _reasons() -> dict[str, str]:
    """What the young person reads, too."""
    return {
        "remove_because": _("Remove: {reason}"),
        "remove_other": _("Remove: another reason …"),
        "reason_tone": _("The tone was too hard"),
        "reason_private": _("It was too private"),
        "reason_topic": _("It does not belong here"),
        "reason_contact": _("We do not tell who we are or how to meet"),
        "reason_protect": _("We want to take good care of you"),
    }


def _done() -> dict[str, str]:
    return {
        "undo": _("Undo"),
        "did_warn": _("{name} has got a warning."),
        "did_mute": _("{name} is muted for {count} min."),
        "did_mute_open": _("{name} is muted until you lift it."),
        "did_unmute": _("{name} can write again."),
        "did_protect": _(
            "{name} is protected. What they wrote is out of the room, and what they write now comes to you."
        ),
        "did_unprotect": _("{name} is not protected any more. What they write is shown to all."),
        "did_remove": _("The message is gone for good."),
        "did_kick": _("{name} is out of the chat tonight."),
        "did_ban": _("{name} cannot come to our chats for now."),
    }


def _steps() -> dict[str, str]:
    return {
        "kick_title": _("Kick {name}?"),
        "kick_discord": _("Kick: sows discord"),
        "kick_harassment": _("Kick: harasses somebody"),
        "kick_reads": _("{name} reads that they are out tonight, where help is, and why: {reason}"),
        "ban_title": _("Ban {name}?"),
        "ban_do": _("Ban {name}"),
        "ban_looks": _("Looking who else is on their network …"),
        "ban_shared_none": _("Nobody else here is on their network or right beside it."),
        "ban_shared_some": _(
            "Some others here are on their network or right beside it. They stay in. New ones from there must knock for"
            " up to a day."
        ),
        "ban_shared_many": _(
            "Many others here are on their network or right beside it, such as a school. They stay in. New ones from"
            " there must knock for up to a day."
        ),
        "ban_reads": _(
            "{name} reads that our chats are closed to them for now, that help and the blog are open, that another"
            " adult can look at it, and why: {reason}"
        ),
    }


def _whispers() -> dict[str, str]:
    return {
        "whisper_label": _("Whisper to {name} – only {name} and the counsellors see it"),
        "whisper_said": _("Whisper from {name}: {text}"),
        "thread_answered": _("{name} answered last"),
        "thread_unanswered": _("Nobody has answered yet"),
        "unread": _("{count} new whispers"),
        "unread_one": _("1 new whisper"),
    }


def _share() -> dict[str, str]:
    return {
        "share_one": _("Whisper it to {name}"),
        "share_none": _("Nothing found. Try other letters."),
        "share_failed": _("The list could not be fetched. Try again."),
        "shared_all": _("Everybody sees {title} now."),
        "shared_one": _("{name} has got {title} in a whisper."),
        "share_open": _("Open now."),
        "share_closed": _("Closed right now."),
        "share_unknown": _("We do not know whether it is open now."),
        "share_checked": _("Checked {day}."),
        "share_unchecked": _("Not checked for a long time."),
    }


def _desk() -> dict[str, str]:
    return {
        "alert_acute": _("Acute"),
        "alert_concern": _("Perhaps in danger"),
        "alert_report": _("Reported"),
        "alert_identity": _("Asks to be let through"),
        "alert_flood": _("Writes very much"),
        "alert_wish_to_talk": _("Would like to whisper"),
        "alert_acute_note": _("The others have not seen it. The writer has been shown who can help right now."),
        "alert_note_crisis": _("The others have seen it. Keep an eye on it."),
        "alert_note_report": _("Somebody told you about this message. Who it was is not told."),
        "alert_note_identity": _("The message may tell who they are. The others have not seen it."),
        "alert_note_flood": _("They have been stopped 20 times in a minute."),
        "alert_note_wish_to_talk": _("Their first whisper tonight."),
        "alert_reason": _("Why: {reason}"),
        "alert_taken": _("{name} takes it."),
        "alert_mine": _("You take it."),
        "alert_said": _("Acute message from {name}: {text}"),
        "alert_still": _("Nobody has taken the acute message from {name} yet."),
        "held_title": _("Held back"),
        "held_ask": _("Asks to be let through. The others have not seen it."),
        "held_crisis": _("Acute. The others have not seen it."),
        "held_hold": _("The room holds messages. The others have not seen it."),
        "held_protect": _("The writer is protected. The others cannot see it."),
        "held_watch": _("The first messages from a network that you watch."),
        "knock_title": _("Somebody is knocking"),
        "knock_note": _(
            "A newcomer from a network where somebody was banned, or from one right beside it. You see nothing else of"
            " them."
        ),
        "do_claim": _("I take it"),
        "do_take_over": _("Take it over"),
        "do_close": _("Done"),
        "do_whisper": _("Whisper"),
        "do_release": _("Let it through"),
        "do_discard": _("Refuse …"),
        "do_let_in": _("Let in"),
        "do_not_now": _("Not now"),
    }


def _record() -> dict[str, str]:
    return {
        "note_said": _("Note from {name}: {text}"),
        "by_itself": _("The clock"),
        "step_warned": _("{who} warned {name}"),
        "step_muted": _("{who} muted {name}"),
        "step_unmuted": _("{who} let {name} write again"),
        "step_protected": _("{who} protected {name}"),
        "step_unprotected": _("{who} ended the protection of {name}"),
        "step_kicked": _("{who} kicked {name}"),
        "step_banned": _("{who} banned {name}"),
        "ground_discord": _("sows discord"),
        "ground_harassment": _("harasses somebody"),
        "step_until": _("until {time}"),
    }


def _room() -> dict[str, str]:
    return {
        "did_slow": _("The pace is set."),
        "did_hold": _("You read every message before the others do."),
        "did_hold_off": _("Messages go straight to the room again."),
        "did_pin": _("The question stands on top for everybody."),
        "did_unpin": _("The question is taken down."),
        "did_poll": _("The poll is open."),
        "did_poll_close": _("The poll is closed."),
        "now_slow": _("Slow: {count} s"),
        "now_hold": _("Messages are held"),
        "now_pin": _("A question is up"),
        "now_poll": _("A poll is open"),
        "poll_option": _("Answer {number}"),
        "poll_close": _("Close the poll"),
    }

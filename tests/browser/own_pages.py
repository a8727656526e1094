"""Every page of ours: who looks at it, and at what. `test_axe.py` holds the tables to the URL map, both ways.

A new URL name goes into one of the tables below:

    PAGES["chat:thing"] = [Look("young", at="tonight")]      # role of world.ROLES, arguments of world.make_world
    NO_PAGES["chat:thing"] = "Answers a form."                # no page of its own, and why

A page that looks different to others or in other states has one Look for each. `status` is what the page answers,
`ready` a selector that is there once its scripts have done their work, `do` what to tap first, `without` the rules of
axe that are not for this page, with the reason beside them. The door's many states stand in `test_door.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """One way a page is looked at."""

    role: str = "visitor"
    at: str = ""
    status: int = 200
    ready: str = ""
    do: str = ""
    query: str = ""
    without: tuple[str, ...] = ()


IN_THE_ROOM = "[data-count]:not(:empty)"
# The fragment stands inside the page of the room without scripts, which has a heading.
FRAGMENT = ("page-has-heading-one",)

PAGES: dict[str, list[Look]] = {
    "front": [Look(), Look("one who left")],
    "privacy": [Look()],
    "duty": [Look()],
    "who-sees-me": [Look()],
    "accessibility": [Look()],
    "cities": [Look(), Look(query="?k=fre")],
    "city": [Look(at="city"), Look(at="quiet city"), Look(at="joint city")],
    "referrals:help": [Look()],
    "referrals:directory": [Look(), Look(query="?q=findes+slet+ikke")],
    "referrals:service": [Look(at="service")],
    "search": [Look(), Look(query="?q=veninde"), Look(query="?q=selvmord"), Look(query="?q=xylofonist")],
    "forum:list": [Look()],
    "forum:board": [Look(at="board"), Look(at="quiet board")],
    "forum:topic": [Look(at="thread"), Look("writer", at="thread")],
    "forum:write": [Look(at="board")],
    "forum:write-anywhere": [Look()],
    "forum:answer": [Look(at="thread")],
    "forum:mine": [Look("writer", at="writer"), Look("writer sent back", at="writer sent back")],
    "forum:private": [Look("writer", at="writer")],
    "forum:edit": [Look("writer", at="writer post")],
    "forum:delete": [Look("writer", at="writer post")],
    "forum:deleted": [Look()],
    "forum:report": [Look(at="post")],
    "forum:reported": [Look(at="report")],
    "forum:code": [Look()],
    "forum:profile": [Look("profile")],
    "forum:staff-topic": [Look("counsellor", at="thread"), Look("counsellor", at="writer")],
    "forum:staff-boards": [Look("coordinator")],
    "forum:staff-board": [Look("coordinator", at="board pk")],
    "forum:staff-board-new": [Look("coordinator")],
    "letters:list": [Look()],
    "letters:answer": [Look(at="publication")],
    "letters:write": [Look(at="box")],
    "letters:letter": [Look("letter writer", at="letter")],
    "letters:consent": [Look("one who is asked", at="proposed letter")],
    "letters:propose": [Look("counsellor", at="proposed letter")],
    "letters:delete": [Look("letter writer", at="letter")],
    "letters:deleted": [Look()],
    "letters:desk": [Look("counsellor")],
    "letters:read": [
        Look("counsellor", at="letter"),
        Look("counsellor", at="answered letter"),
        Look("counsellor", at="letter to read"),
        Look("counsellor in training", at="letter"),
        Look("counsellor in training", at="letter to read", do=".anew > summary"),
        Look("counsellor in training", at="letter of a colleague"),
    ],
    "letters:boxes": [Look("coordinator")],
    "letters:box-new": [Look("coordinator")],
    "letters:box-edit": [Look("coordinator", at="box pk")],
    "moderation:queue": [Look("counsellor"), Look("coordinator")],
    "moderation:log": [Look("coordinator")],
    "moderation:power": [Look("counsellor")],
    "moderation:numbers": [Look("coordinator")],
    "account_signup": [Look()],
    "recover": [Look()],
    "me": [Look("profile")],
    "leave-profile": [Look("profile")],
    "blog:list": [Look()],
    "blog:entry": [Look(at="entry")],
    "blog:notes": [Look("counsellor")],
    "blog:write": [Look("counsellor")],
    "blog:edit": [Look("counsellor", at="draft")],
    "chat:list": [Look()],
    "chat:session": [
        Look(at="tonight"),
        Look("counsellor", at="tonight"),
        Look("young", at="tonight"),
        Look(at="shut"),
        Look(at="shut", do="form[action$='/knock/'] button"),
        Look("kicked", at="tonight", status=403),
        Look("banned", at="tonight", status=403),
    ],
    "chat:room": [
        Look("young", at="tonight", ready=IN_THE_ROOM),
        Look("counsellor", at="tonight", ready=IN_THE_ROOM),
    ],
    "chat:frame": [
        Look("young", at="tonight", without=FRAGMENT),
        Look(at="tonight", without=FRAGMENT),
    ],
    "chat:review": [Look("warned", at="tonight"), Look("asking", at="tonight")],
    "chat:desk": [Look("counsellor"), Look("coordinator")],
    "chat:plan": [Look("counsellor")],
    "chat:edit": [Look("counsellor", at="tonight")],
    "chat:after": [Look("counsellor", at="ended")],
    "chat:marks": [Look("coordinator")],
    "chat:reviews": [Look("coordinator")],
    "chat:review-answer": [Look("coordinator", at="review")],
    "chat:duty-cases": [Look("counsellor")],
    "chat:duty-case": [Look("counsellor", at="member")],
    "referrals:check": [
        Look(at="question"),
        Look(at="question", do="main form .button"),
        Look(at="old question", status=410),
    ],
    "referrals:manage": [Look("editor")],
    "referrals:manage-new": [Look("editor")],
    "referrals:manage-edit": [
        Look("editor", at="service"),
        Look("coordinator", at="crisis service"),
        Look("counsellor", at="crisis service"),
    ],
    "referrals:manage-hours": [
        Look("editor", at="service"),
        Look("editor", at="service", do="button[name='more']"),
        Look("editor", at="service with changed hours"),
    ],
    "referrals:manage-history": [Look("editor", at="service"), Look("editor", at="service with changed hours")],
    "referrals:manage-places": [Look("editor", at="service"), Look("editor", at="service with changed hours")],
    "referrals:manage-place-new": [Look("editor", at="service")],
    "referrals:manage-place": [Look("editor", at="place")],
    "referrals:manage-cities": [Look("editor"), Look("counsellor")],
    "referrals:manage-city": [
        Look("editor", at="city page"),
        Look("editor", at="city page", do="button[name='preview']"),
        Look("editor", at="joint page"),
    ],
    "referrals:manage-city-picture": [Look("editor", at="city page")],
    "referrals:manage-city-shown": [Look("editor", at="city page")],
    "referrals:manage-city-history": [Look("editor", at="city page")],
    "referrals:manage-joint-new": [Look("editor")],
    "referrals:manage-joint": [Look("editor", at="joint page")],
    "referrals:manage-joint-asked": [Look("editor", at="asked seat")],
    "city-preview": [Look("editor", at="city page")],
    "city-hours": [Look("editor", at="city page")],
    "accounts:profile": [Look("counsellor")],
    "accounts:colleagues": [Look("coordinator")],
    "account_login": [Look()],
    "account_logout": [Look("counsellor")],
    "municipal": [Look(), Look(do="button >> text=Testby Kommune")],  # and nobody answers there
    "account_reauthenticate": [Look("counsellor just in")],
    "account_change_password": [Look("counsellor just in")],
    "mfa_index": [Look("counsellor just in"), Look("staff with a code")],
    "mfa_authenticate": [Look("staff between password and code")],
    "mfa_reauthenticate": [Look("staff with a code")],
    "mfa_activate_totp": [Look("counsellor just in")],
    "mfa_deactivate_totp": [Look("staff with a code")],
    "mfa_view_recovery_codes": [Look("staff with a code")],
    "mfa_generate_recovery_codes": [Look("staff with a code")],
}

ANSWERS_A_FORM = "Takes a form and leads on; what it shows when it refuses is the page the form stands on."
FOR_SCRIPTS = "Read by scripts, not by people."
FROM_THE_MUNICIPALITY = "Where a municipality's login leads back to: it leads on, or says calmly why not."
OPEN_DATA = "Open data, for other systems."
NO_PAGES: dict[str, str] = {
    "stylesheet": "The look itself.",
    "stylesheet-now": "The look itself.",
    "exit": "Leads away.",
    "left": "Leads away.",
    "come-back": ANSWERS_A_FORM,
    "theme": ANSWERS_A_FORM,
    "set_language": ANSWERS_A_FORM,
    "was": "Leads to the page on accessibility.",
    "was/": "Leads to the page on accessibility.",
    "healthz": "For machines.",
    "readyz": "For machines.",
    "^media/(?P<path>[\\w./-]+)$": "Pictures.",
    "chat:join": ANSWERS_A_FORM,
    "chat:come-back": ANSWERS_A_FORM,
    "chat:knock": ANSWERS_A_FORM,
    "chat:calendar": "A file for the calendar.",
    "chat:log": FOR_SCRIPTS,
    "chat:say": ANSWERS_A_FORM,
    "chat:share-services": FOR_SCRIPTS,
    "chat:preview": FOR_SCRIPTS,
    "chat:delete-draft": ANSWERS_A_FORM,
    "chat:duty-sent": ANSWERS_A_FORM,
    "blog:feed": "For feed readers.",
    "forum:feed": "For feed readers.",
    "hsds:root": OPEN_DATA,
    "hsds:openapi": OPEN_DATA,
    "hsds:services": OPEN_DATA,
    "hsds:service": OPEN_DATA,
    "hsds:organizations": OPEN_DATA,
    "hsds:organization": OPEN_DATA,
    "hsds:service-at-locations": OPEN_DATA,
    "hsds:service-at-location": OPEN_DATA,
    "hsds:taxonomy-terms": OPEN_DATA,
    "hsds:taxonomy-term": OPEN_DATA,
    "hsds:nothing": OPEN_DATA,
    "forum:nod": ANSWERS_A_FORM,
    "letters:more": ANSWERS_A_FORM,
    "moderation:queue-claim": ANSWERS_A_FORM,
    "moderation:queue-decide": ANSWERS_A_FORM,
    "moderation:queue-undo": ANSWERS_A_FORM,
    "moderation:queue-settle": FOR_SCRIPTS,
    "moderation:queue-now": FOR_SCRIPTS,
    "new-phrase": ANSWERS_A_FORM,
    "municipal-back": FROM_THE_MUNICIPALITY,
    "municipal-acs": FROM_THE_MUNICIPALITY,
    "municipal-finish": FROM_THE_MUNICIPALITY,
    "municipal-metadata": "Read by the municipality's identity provider.",
    "blog:preview": FOR_SCRIPTS,
    "referrals:calendar": "A file for the calendar.",
    "referrals:manage-check": ANSWERS_A_FORM,
    "referrals:manage-numbers": ANSWERS_A_FORM,
    "referrals:manage-publish": ANSWERS_A_FORM,
    "referrals:manage-withdraw": ANSWERS_A_FORM,
    "referrals:manage-adopt": ANSWERS_A_FORM,
    "referrals:manage-take-back": ANSWERS_A_FORM,
    "referrals:manage-place-remove": ANSWERS_A_FORM,
    "referrals:manage-city-hide": ANSWERS_A_FORM,
    "referrals:manage-city-take-back": ANSWERS_A_FORM,
    "referrals:manage-joint-leave": ANSWERS_A_FORM,
    "admin": "Django's own pages, for one operator; none of ours is among them.",
}

"""The parts of the room's page that can be tried alone: what it knows, what it sends, what it says aloud."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.servers import Site

ENTERED = {
    "type": "room.entered",
    "you": {"id": "me", "alias": "Blå Ræv", "role": "young"},
    "room": {"state": "open", "slow": 0, "hold": False, "pin": None, "closes_at": None},
    "members": [],
    "polls": [],
    "limits": {"text": 1000},
    "from": {"room": 0, "side": 0},
    "heads": {"room": 0, "side": 0},
}


@pytest.fixture
def lab(page: Page, server: Site) -> Page:
    """Any page of the site: modules can be imported there under its content policy."""
    page.goto(f"{server.url}/privatliv/")
    return page


def run(page: Page, module: str, script: str, argument: Any = None) -> Any:
    """The value of `script`, a function of the module and the argument."""
    call = f"async (argument) => ({script})(await import('/static/js/chat/{module}.js'), argument)"
    return page.evaluate(call, argument)


def posted(seq: int, text: str | None = "hej", **fields: Any) -> dict[str, Any]:
    return {
        "type": "message.posted",
        "stream": "room",
        "seq": seq,
        "at": "2026-11-23T18:00:00.000Z",
        "id": f"m{seq}",
        "member": "you",
        "text": text,
        **fields,
    }


def removed(seq: int, number: int, stream: str = "room", **fields: Any) -> dict[str, Any]:
    return {
        "type": "message.removed",
        "stream": stream,
        "seq": seq,
        "at": "2026-11-23T18:01:00.000Z",
        "id": f"m{number}",
        **fields,
    }


def changed(seq: int, state: str) -> dict[str, Any]:
    fields = {"state": state, "slow": 0, "hold": False, "pin": None, "closes_at": None, "why": "counsellor"}
    return {"type": "room.changed", "stream": "room", "seq": seq, "at": "2026-11-23T18:02:00.000Z", **fields}


REBUILD = """({ emptyState, receive }, { entered, frames }) => {
  let state = emptyState();
  for (const frame of [[entered], ...frames]) state = receive(state, frame, { room: 0, side: 0 }).state;
  return JSON.stringify(state);
}"""


def rebuilt(lab: Page, frames: list[list[dict[str, Any]]], **entered: Any) -> Any:
    return json.loads(run(lab, "store", REBUILD, {"entered": {**ENTERED, **entered}, "frames": frames}))


def side(seq: int, name: str, /, **fields: Any) -> dict[str, Any]:
    return {"type": name, "stream": "private", "seq": seq, "at": "2026-11-23T18:03:00.000Z", **fields}


CARD = {"id": "b", "name": "Børnetelefonen", "channels": [], "open": True, "changes_at": None, "checked_on": None}
FREE = {"warned": False, "muted_until": None, "protected": False, "kicked": False}


def test_a_log_rebuilt_from_replay_equals_the_one_lived_through(lab: Page) -> None:
    lived = [
        [changed(1, "open")],
        [posted(2), posted(3, "svar", reply_to="m2")],
        [posted(2), posted(3, "svar", reply_to="m2"), posted(4)],  # come again after a lost line
        [removed(5, 3), {**removed(1, 3, "private"), "reason": "tonen"}],
        [changed(6, "waiting"), changed(7, "open")],
    ]
    tombstone = {**posted(3, None), "removed": True}
    replay = [changed(1, "open"), posted(2), tombstone, posted(4), removed(5, 3), changed(6, "waiting")]
    replay += [changed(7, "open"), {**removed(1, 3, "private"), "reason": "tonen"}]
    assert rebuilt(lab, lived) == rebuilt(lab, [replay])


def test_a_counsellors_desk_rebuilt_from_replay_equals_the_one_lived_through(lab: Page) -> None:
    at = "2026-11-23T18:00:00.000Z"
    common = {"stream": "desk", "at": at}
    held = {**common, "type": "message.held", "seq": 1, "id": "h1", "member": "you", "text": "hårdt", "why": "crisis"}
    alert = {**common, "type": "alert.raised", "seq": 2, "alert": "a1", "kind": "crisis", "level": "acute"}
    alert |= {"member": "you", "id": "h1", "excerpt": "hårdt"}
    gone = {**common, "type": "message.removed", "seq": 3, "id": "h1"}
    lived = rebuilt(lab, [[held], [alert], [gone]])
    assert lived == rebuilt(lab, [[{**held, "text": None}, alert, gone]])
    assert [one["end"] for one in lived["side"]["held"]] == ["removed"]


def test_whispers_and_cards_of_the_line_stand_beside_the_log_and_never_in_it(lab: Page) -> None:
    first = side(1, "whisper.sent", id="w1", **{"from": "me"}, text="hjælp")
    answer = side(2, "whisper.sent", id="w2", **{"from": "c"}, to="me", text="jeg er her")
    private_card = side(3, "referral.shared", id="r1", **{"from": "c"}, to="me", service=CARD)
    card = {**side(1, "referral.shared", id="r2", **{"from": "c"}, service=CARD, text="til alle"), "stream": "room"}
    found = rebuilt(lab, [[first], [answer, card], [answer, card, private_card]])
    assert [(one["id"], one["to"], one["service"] is not None) for one in found["side"]["whispers"]] == [
        ("w1", None, False),
        ("w2", "me", False),
        ("r1", "me", True),
    ]
    assert [(row["kind"], row["id"]) for row in found["log"]] == [("card", "r2")]
    assert found == rebuilt(lab, [[first, answer, private_card, card]])


def test_a_standing_is_the_same_whether_told_at_the_door_or_lived_through(lab: Page) -> None:
    steps = [
        side(1, "member.warned", member="me", reason="tonen"),
        side(2, "member.muted", member="me", reason="tonen", until="2026-11-23T18:10:00.000Z"),
        side(3, "member.unmuted", member="me"),
        side(4, "member.muted", member="me", reason="tonen"),
        side(5, "member.protected", member="me", reason="fare"),
        side(6, "member.unprotected", member="me"),
        side(7, "member.kicked", member="me", reason="tonen", ground="discord"),
    ]
    me, heads = {"id": "me", "alias": "Blå Ræv", "role": "young"}, {"room": 0, "side": 7}
    before, after = {**me, "standing": FREE}, {**FREE, "warned": True, "kicked": True}
    after["muted_until"] = "9999-12-31T00:00:00.000Z"
    lived = rebuilt(lab, [[step] for step in steps], you=before, members=[before], heads=heads)
    now = {**me, "standing": after}
    assert lived == rebuilt(lab, [steps], you=now, members=[now], heads=heads)
    assert lived["members"]["me"]["standing"] == lived["me"]["standing"] == after
    assert [step["type"] for step in lived["side"]["sanctions"]] == [step["type"] for step in steps]


def test_a_held_message_ends_with_what_its_writer_must_know(lab: Page) -> None:
    found = rebuilt(
        lab,
        [
            [
                side(1, "message.released", id="h1", **{"as": "m9"}),
                side(2, "message.discarded", id="h2", reason="navnet"),
            ]
        ],
    )
    assert found["side"]["ends"] == {"h1": "released", "h2": "discarded"}
    assert found["side"]["reasons"] == {"h2": "navnet"}


def test_a_desk_rebuilt_from_replay_knows_notes_knocks_and_who_took_what(lab: Page) -> None:
    steps = [
        side(1, "alert.raised", alert="a1", kind="report", member="you", id="m1", excerpt="grimt", reason="tonen"),
        side(2, "alert.claimed", alert="a1", by="c1"),
        side(3, "alert.claimed", alert="a1", by="c2"),
        side(4, "alert.closed", alert="a1", by="c2"),
        side(5, "desk.noted", **{"from": "c1"}, text="tager du den?"),
        side(6, "door.knocked", knock="k1"),
        side(7, "door.answered", knock="k1", let_in=True, by="c1"),
    ]
    lived = rebuilt(lab, [[step] for step in steps])
    assert lived == rebuilt(lab, [steps, steps])
    assert [(one["by"], one["closed"], one["excerpt"]) for one in lived["side"]["alerts"]] == [("c2", True, None)]
    assert [note["text"] for note in lived["side"]["notes"]] == ["tager du den?"]
    assert [(one["letIn"], one["by"]) for one in lived["side"]["knocks"]] == [(True, "c1")]


def test_a_poll_keeps_ones_own_vote_over_a_lost_line(lab: Page) -> None:
    opened = {**posted(1), "type": "poll.opened", "poll": "p1", "question": "Hvad nu?", "options": ["Ja", "Nej"]}
    closed = {**posted(2), "type": "poll.closed", "poll": "p1", "counts": [1, 0]}
    door = {"poll": "p1", "question": "Hvad nu?", "options": ["Ja", "Nej"], "mine": 0}
    tally = {"type": "poll.tallied", "poll": "p1", "counts": [1, 0]}
    replayed = rebuilt(lab, [[opened, tally]], polls=[door])["polls"]["p1"]
    assert (replayed["mine"], replayed["counts"], replayed["closed"]) == (0, [1, 0], False)
    ended = rebuilt(lab, [[opened, closed]])
    assert ended["polls"]["p1"]["closed"]
    assert [(row["kind"], row["counts"]) for row in ended["log"]] == [("result", [1, 0])]


def test_a_missing_number_is_seen_and_nothing_after_it_is_taken(lab: Page) -> None:
    script = """({ emptyState, receive }, events) => {
      const { state, gap, taken } = receive(emptyState(), events, { room: 0, side: 0 });
      return { gap, taken: taken.length, seq: state.seq.room, log: state.log.map((row) => row.id) };
    }"""
    found = run(lab, "store", script, [ENTERED, posted(1), posted(3), posted(4)])
    assert found == {"gap": True, "taken": 2, "seq": 1, "log": ["m1"]}


def test_a_start_other_than_asked_makes_the_page_forget_that_stream_alone(lab: Page) -> None:
    script = """({ emptyState, receive }, { entered, events, again }) => {
      const first = receive(emptyState(), [entered, ...events], { room: 0, side: 0 }).state;
      const next = receive(first, [again], { room: 2, side: 1 }).state;
      return { log: next.log.length, reasons: next.side.reasons, seq: next.seq };
    }"""
    events = [posted(1), posted(2), removed(1, 2, "private", reason="tonen")]
    again = {**ENTERED, "from": {"room": 0, "side": 1}, "heads": {"room": 9, "side": 1}}
    found = run(lab, "store", script, {"entered": ENTERED, "events": events, "again": again})
    assert found == {"log": 0, "reasons": {"m2": "tonen"}, "seq": {"room": 0, "side": 1}}


def test_events_of_a_later_version_only_move_the_numbers(lab: Page) -> None:
    found = rebuilt(lab, [[posted(1), {**posted(2), "type": "room.sung"}, posted(3)]])
    assert [row["id"] for row in found["log"]] == ["m1", "m3"]
    assert found["seq"]["room"] == 3


OUTBOX = """({ createOutbox, messageOf }, script) => {
  const sent = [], given = [];
  let line = true, open = true, kept = null;
  const outbox = createOutbox({
    commandOf: messageOf,
    storage: { load: () => null, save: (value) => { kept = value; } },
    send: (command) => line && Boolean(sent.push(command)),
    laterWords: "senere",
    mayWrite: () => open,
    onChange() {},
    onRefused: (entry) => Boolean(given.push(entry.text)),
    onSilence() {},
  });
  const steps = {
    post: (text) => outbox.post(text),
    accept: (index, id) => outbox.answered({ type: "accepted", ref: sent[index].ref, id }),
    refuse: (index, code, wait) => outbox.answered({ type: "refused", ref: sent[index].ref, code, wait, text: code }),
    seen: (id, text) => outbox.seen({ id, text }),
    line: (stands) => { line = stands; if (stands) outbox.resume(); },
    room: (isOpen) => { open = isOpen; outbox.pump(); },
  };
  for (const [name, ...values] of script) steps[name](...values);
  return {
    sent: sent.map((command) => command.text),
    refs: new Set(sent.map((command) => command.ref)).size,
    left: outbox.entries.map((entry) => [entry.text, entry.status]),
    kept: kept.map((entry) => entry.text),
    given,
  };
}"""


def outbox(lab: Page, *steps: list[Any]) -> dict[str, Any]:
    return run(lab, "outbox", OUTBOX, list(steps))  # type: ignore[no-any-return]


def test_messages_go_out_one_after_the_other(lab: Page) -> None:
    found = outbox(lab, ["post", "et"], ["post", "to"], ["post", "tre"])
    assert found["sent"] == ["et"]
    found = outbox(lab, ["post", "et"], ["post", "to"], ["accept", 0, "m1"], ["seen", "m1", "et"])
    assert found["sent"] == ["et", "to"]
    assert found["left"] == [["to", "sent"]]


def test_after_a_lost_line_the_same_ref_goes_out_once_more(lab: Page) -> None:
    found = outbox(lab, ["post", "et"], ["line", False], ["post", "to"], ["line", True])
    assert found["sent"] == ["et", "et"]
    assert found["refs"] == 1
    assert found["left"] == [["et", "sent"], ["to", "waiting"]]


def test_a_message_that_came_back_before_its_answer_is_not_shown_twice(lab: Page) -> None:
    """The line broke between storing and answering: the replay brings the message, the second try its answer."""
    found = outbox(lab, ["post", "et"], ["line", False], ["seen", "m1", "et"], ["line", True])
    assert found["left"] == []
    assert outbox(lab, ["post", "et"], ["seen", "m1", "et"], ["accept", 0, "m1"])["kept"] == []


def test_a_refusal_of_pace_keeps_its_place_in_the_row(lab: Page) -> None:
    found = outbox(lab, ["post", "et"], ["post", "to"], ["refuse", 0, "too_fast", 60])
    assert found["left"] == [["et", "waiting"], ["to", "waiting"]]
    assert found["given"] == []


def test_what_was_written_while_one_could_write_waits_for_the_counsellor(lab: Page) -> None:
    steps = [["post", "et"], ["room", False], ["refuse", 0, "no_counsellor"]]
    assert outbox(lab, *steps)["left"] == [["et", "waiting"]]
    late = [["room", False], ["post", "et"], ["refuse", 0, "no_counsellor"]]
    assert outbox(lab, *late)["given"] == ["et"]


def test_a_message_that_breaks_every_line_is_given_up_and_left_to_its_writer(lab: Page) -> None:
    breaks = [["line", False], ["line", True]] * 8
    found = outbox(lab, ["post", "et"], *breaks)
    assert found["left"] == [["et", "failed"]]
    assert len(found["sent"]) == 8


def test_nothing_of_a_stored_message_stays_in_the_tabs_storage(lab: Page) -> None:
    found = outbox(lab, ["post", "et"], ["accept", 0, "m1"])
    assert found["kept"] == []


def test_found_spans_are_cut_in_code_points(lab: Page) -> None:
    text = "🙂 ring 20304050 til mig 👍🏽"
    pieces = run(lab, "composer", "({ cutAt }, [text, spans]) => cutAt(text, spans)", [text, [[7, 15, "PHONE"]]])
    assert [piece["text"] for piece in pieces] == ["🙂 ring ", "20304050", " til mig 👍🏽"]
    assert [piece["kind"] for piece in pieces] == ["", "PHONE", ""]


ANNOUNCE = """({ createAnnouncer }, { spoken, listening }) => {
  const polite = document.createElement("div"), assertive = document.createElement("div");
  const countOf = (count) => `${count} nye`;
  const announcer = createAnnouncer({ polite, assertive, countOf, listening: () => listening });
  for (const text of spoken) announcer.message({ text, counsellor: text.startsWith("Sofie") });
  window.heard = [];
  new MutationObserver(() => heard.push(polite.textContent)).observe(polite, { childList: true });
  window.announcer = announcer;
}"""


@pytest.mark.parametrize(
    "spoken, listening, heard",
    [
        (["a", "b", "c"], "all", ["a b c"]),
        (["a", "b", "c", "d", "e"], "all", ["5 nye"]),
        (["a", "Sofie: hej"], "counsellor", ["Sofie: hej"]),
        (["a", "Sofie: hej"], "none", []),
    ],
)
def test_messages_are_said_aloud_in_full_or_counted(
    lab: Page, spoken: list[str], listening: str, heard: list[str]
) -> None:
    lab.clock.install()
    run(lab, "announcer", ANNOUNCE, {"spoken": spoken, "listening": listening})
    lab.clock.run_for(3000)
    assert lab.evaluate("heard") == heard


def test_there_is_one_announcement_in_three_seconds(lab: Page) -> None:
    lab.clock.install()
    run(lab, "announcer", ANNOUNCE, {"spoken": ["a"], "listening": "all"})
    for text in ("b", "c"):
        lab.clock.run_for(1000)
        lab.evaluate("(text) => announcer.message({ text, counsellor: false })", text)
    assert lab.evaluate("heard") == ["a"]
    lab.clock.run_for(2000)
    assert lab.evaluate("heard") == ["a", "b c"]


def test_a_shape_belongs_to_a_place_and_to_nothing_else(lab: Page) -> None:
    script = "({ drawShape }, ids) => ids.map((id) => drawShape(id).outerHTML)"
    first, same, other = run(lab, "people", script, ["Vf3kQ", "Vf3kQ", "k2Lpz"])
    assert first == same
    assert first != other

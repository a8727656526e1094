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
  return JSON.stringify({ seq: state.seq, log: state.log, side: state.side, room: state.room });
}"""


def rebuilt(lab: Page, frames: list[list[dict[str, Any]]]) -> Any:
    return json.loads(run(lab, "store", REBUILD, {"entered": ENTERED, "frames": frames}))


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
    found = rebuilt(lab, [[posted(1), {**posted(2), "type": "poll.opened"}, posted(3)]])
    assert [row["id"] for row in found["log"]] == ["m1", "m3"]
    assert found["seq"]["room"] == 3


OUTBOX = """({ createOutbox }, script) => {
  const sent = [], given = [];
  let line = true, open = true, kept = null;
  const outbox = createOutbox({
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

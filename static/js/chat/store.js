// @ts-check
/**
 * What this reader knows of the room: a pure function of the events, in order.
 * State rebuilt from a replay equals the state of a page that lived through it (promise 8 of the protocol).
 */

/** @typedef {{warned: boolean, muted_until: string|null, protected: boolean, kicked: boolean}} Standing */
/** @typedef {{id: string, alias: string, role: "young"|"counsellor"|"guest", present?: boolean, standing?: Standing}} Member */
/** @typedef {{room: number, side: number}} Position */
/** @typedef {{kind: "message", seq: number, at: string, id: string, member: string, text: string|null, removed: boolean, replyTo: string|null}} MessageRow */
/** @typedef {{kind: "note", seq: number, at: string, state: string, why: string}} NoteRow */
/** @typedef {{kind: "card", seq: number, at: string, id: string, from: string, service: any, text: string}} CardRow a service shown to all */
/** @typedef {{kind: "result", seq: number, at: string, poll: string, counts: number[]}} ResultRow a poll that was closed */
/** @typedef {MessageRow|NoteRow|CardRow|ResultRow} Row */
/** @typedef {{poll: string, question: string, options: string[], mine: number|null, counts: number[]|null, closed: boolean}} Poll `counts`: as far as they are known */
/** @typedef {{seq: number, id: string, from: string, to: string|null, text: string, at: string, service: any}} Whisper `service`: of a referral card, else null; without `to` it goes to the desk */
/** @typedef {{seq: number, type: string, member: string, reason: string, by: string|null, until: string|null, ground: string, at: string}} Sanction `type`: as of the event, "member.muted" */
/** @typedef {{seq: number, from: string, text: string, at: string}} DeskNote */
/** @typedef {{knock: string, at: string, letIn: boolean|null, by: string|null}} Knock `letIn`: null while nobody has answered */
/** @typedef {{alert: string, kind: string, level: string, member: string, id: string|null, excerpt: string|null, reason: string, at: string, by: string|null, closed: boolean}} Alert */
/** @typedef {{id: string, member: string, text: string|null, why: string, at: string, end: string}} Held */
/** @typedef {{seq: number, at: string, text: string, services: any[]}} Help */
/**
 * @typedef {object} Side what only this reader's side stream tells
 * @property {Alert[]} alerts
 * @property {Held[]} held
 * @property {Help[]} help
 * @property {Whisper[]} whispers
 * @property {Sanction[]} sanctions
 * @property {DeskNote[]} notes
 * @property {Knock[]} knocks
 * @property {Record<string, string>} reasons message id → why a counsellor removed or discarded it
 * @property {Record<string, string>} ends held message id → `released`, `discarded` or `removed`
 */
/**
 * @typedef {object} State
 * @property {boolean} entered
 * @property {Member|null} me
 * @property {any} room
 * @property {Record<string, Member>} members
 * @property {any} limits
 * @property {Record<string, Poll>} polls
 * @property {Record<string, Poll>} earlier those of the page's own
 * @property {Position} seq the last number of each stream that is in this state
 * @property {Position} heads where the streams stood at the door
 * @property {Row[]} log
 * @property {Side} side
 */

/** @returns {Side} */
function emptySide() {
  return {
    ...{ alerts: [], held: [], help: [], whispers: [], sanctions: [], notes: [], knocks: [] },
    reasons: {},
    ends: {},
  };
}

/** The end of a mute that lasts until a counsellor lifts it. */
const UNTIL_LIFTED = "9999-12-31T00:00:00.000Z";

/** Changes of the room that are no news of its state. */
const QUIET = new Set(["slow", "hold", "pin"]);

/**
 * @param {any[]} [over] polls that were opened before the reader came, and are over
 * @returns {State}
 */
export function emptyState(over = []) {
  const earlier = Object.fromEntries(over.map((poll) => [poll.poll, { ...openPoll(poll, undefined), closed: true }]));
  return {
    earlier,
    entered: false,
    me: null,
    room: null,
    members: {},
    limits: { text: 1000, frame: 16384 },
    polls: {},
    seq: { room: 0, side: 0 },
    heads: { room: 0, side: 0 },
    log: [],
    side: emptySide(),
  };
}

/**
 * Take in what came in one frame.
 * `gap` says that a number is missing: the rest is not taken, the page asks again from `state.seq`.
 * @param {State} state
 * @param {any[]} events
 * @param {Position} asked the numbers this connection asked from
 * @returns {{state: State, gap: boolean, taken: any[]}} `taken`: the events that were new, in order
 */
export function receive(state, events, asked) {
  let next = state;
  const taken = [];
  for (const event of events) {
    if (event.type === "room.entered") {
      next = enter(next, event, asked);
      taken.push(event);
      continue;
    }
    const stream = event.stream === undefined ? null : event.stream === "room" ? "room" : "side";
    if (stream) {
      if (event.seq <= next.seq[stream]) continue;
      if (event.seq > next.seq[stream] + 1) return { state: next, gap: true, taken };
      next = { ...next, seq: { ...next.seq, [stream]: event.seq } };
    }
    const reducer = reducers[event.type];
    if (reducer) next = reducer(next, event);
    taken.push(event);
  }
  return { state: next, gap: false, taken };
}

/**
 * A `from` other than asked: forget what we had of that stream.
 * @param {State} state
 * @param {any} event
 * @param {Position} asked
 * @returns {State}
 */
function enter(state, event, asked) {
  const keepsRoom = event.from.room === asked.room || event.from.room === state.seq.room;
  const keepsSide = event.from.side === asked.side || event.from.side === state.seq.side;
  const members = Object.fromEntries(event.members.map((/** @type {Member} */ member) => [member.id, member]));
  const known = keepsRoom && state.entered ? state.polls : state.earlier;
  const polls = event.polls.map((/** @type {any} */ poll) => [poll.poll, openPoll(poll, known[poll.poll])]);
  return {
    ...state,
    entered: true,
    me: event.you,
    room: event.room,
    limits: { ...state.limits, ...event.limits },
    members,
    polls: { ...known, ...Object.fromEntries(polls) },
    heads: event.heads,
    seq: { room: keepsRoom ? state.seq.room : event.from.room, side: keepsSide ? state.seq.side : event.from.side },
    log: keepsRoom ? state.log : [],
    side: keepsSide ? state.side : emptySide(),
  };
}

/** One reducer for each event that this page knows; the others only move the numbers. @type {Record<string, (state: State, event: any) => State>} */
export const reducers = {
  "message.posted": (state, event) => ({
    ...state,
    log: [
      ...state.log,
      {
        kind: "message",
        seq: event.seq,
        at: event.at,
        id: event.id,
        member: event.member,
        text: event.text ?? null,
        removed: Boolean(event.removed),
        replyTo: event.removed ? null : (event.reply_to ?? null),
      },
    ],
  }),

  "message.removed": (state, event) =>
    event.stream === "room" ? withoutText(state, event.id) : sideRemoval(state, event),

  "message.held": (state, event) =>
    withSide(state, {
      held: [
        ...state.side.held,
        { id: event.id, member: event.member, text: event.text ?? null, why: event.why, at: event.at, end: "" },
      ],
    }),
  "message.released": (state, event) => endHeld(state, event.id, "released"),
  "message.discarded": (state, event) => withReason(endHeld(state, event.id, "discarded"), event),

  "whisper.sent": withWhisper,
  "referral.shared": (state, event) => {
    if (event.stream !== "room") return withWhisper(state, event);
    const { seq, at, id, from, service, text = "" } = event;
    return { ...state, log: [...state.log, { kind: "card", seq, at, id, from, service, text }] };
  },

  "member.warned": (state, event) => sanction(state, event, { warned: true }),
  "member.muted": (state, event) => sanction(state, event, { muted_until: event.until ?? UNTIL_LIFTED }),
  "member.unmuted": (state, event) => sanction(state, event, { muted_until: null }),
  "member.protected": (state, event) => sanction(state, event, { protected: true }),
  "member.unprotected": (state, event) => sanction(state, event, { protected: false }),
  "member.kicked": (state, event) => sanction(state, event, { kicked: true }),
  "member.banned": (state, event) => sanction(state, event, { kicked: true }),

  "desk.noted": (state, { seq, at, from, text }) =>
    withSide(state, { notes: [...state.side.notes, { seq, from, text, at }] }),

  "door.knocked": (state, { knock, at }) =>
    withSide(state, { knocks: [...state.side.knocks, { knock, at, letIn: null, by: null }] }),
  "door.answered": (state, event) =>
    withSide(state, {
      knocks: state.side.knocks.map((one) =>
        one.knock === event.knock ? { ...one, letIn: event.let_in, by: event.by } : one,
      ),
    }),

  "poll.opened": (state, event) => withPoll(state, openPoll(event, state.polls[event.poll])),
  "poll.tallied": (state, { poll, counts }) => changePoll(state, poll, { counts }),
  "poll.closed": (state, { seq, at, poll, counts }) => ({
    ...changePoll(state, poll, { counts, closed: true }),
    log: [...state.log, { kind: "result", seq, at, poll, counts }],
  }),

  "help.offered": (state, event) =>
    withSide(state, {
      help: [...state.side.help, { seq: event.seq, at: event.at, text: event.text, services: event.services }],
    }),

  "alert.raised": (state, event) =>
    withSide(state, {
      alerts: [
        ...state.side.alerts,
        {
          alert: event.alert,
          kind: event.kind,
          level: event.level ?? "",
          member: event.member,
          id: event.id ?? null,
          excerpt: event.excerpt ?? null,
          reason: event.reason ?? "",
          at: event.at,
          by: null,
          closed: false,
        },
      ],
    }),
  "alert.claimed": (state, event) => changeAlert(state, event.alert, { by: event.by }),
  "alert.closed": (state, event) => changeAlert(state, event.alert, { closed: true, excerpt: null }),

  "room.changed": (state, event) => {
    const { state: name, slow, hold, pin, closes_at } = event;
    const room = { ...state.room, state: name, slow, hold, pin, closes_at };
    const before = state.log.findLast((row) => row.kind === "note");
    if (QUIET.has(event.why)) return { ...state, room };
    if (/** @type {NoteRow|undefined} */ (before)?.state === name) return { ...state, room };
    /** @type {NoteRow} */
    const note = { kind: "note", seq: event.seq, at: event.at, state: name, why: event.why ?? "" };
    return { ...state, room, log: [...state.log, note] };
  },

  "member.joined": (state, event) => withMember(state, { ...event.member, present: true }),
  "member.left": (state, event) => withMember(state, { ...event.member, present: false }),
};

/**
 * @param {State} state
 * @param {Partial<Side>} change
 * @returns {State}
 */
export function withSide(state, change) {
  return { ...state, side: { ...state.side, ...change } };
}

/**
 * @param {State} state
 * @param {Member} member
 * @returns {State}
 */
function withMember(state, member) {
  return { ...state, members: { ...state.members, [member.id]: { ...state.members[member.id], ...member } } };
}

/**
 * @param {State} state
 * @param {any} event
 * @returns {State}
 */
function withWhisper(state, { seq, id, from, to = null, text = "", at, service = null }) {
  return withSide(state, { whispers: [...state.side.whispers, { seq, id, from, to, text, at, service }] });
}

/**
 * A step of the ladder or beside it, and what it makes of the member's standing.
 * @param {State} state
 * @param {any} event
 * @param {Partial<Standing>} change
 * @returns {State}
 */
function sanction(state, event, change) {
  const { seq, type, member, reason = "", by = null, until = null, ground = "", at } = event;
  const told = withSide(state, {
    sanctions: [...state.side.sanctions, { seq, type, member, reason, by, until, ground, at }],
  });
  const standing = { ...standingOf(state, member), ...change };
  const known = state.members[member];
  const next = known ? withMember(told, { ...known, standing }) : told;
  return next.me?.id === member ? { ...next, me: { ...next.me, standing } } : next;
}

/** @type {Standing} */
const NO_SANCTION = { warned: false, muted_until: null, protected: false, kicked: false };

/**
 * @param {State} state
 * @param {string} member
 * @returns {Standing} as far as this reader may know it: of everybody for counsellors, else one's own
 */
export function standingOf(state, member) {
  const own = member === state.me?.id ? state.me.standing : undefined;
  return own ?? state.members[member]?.standing ?? NO_SANCTION;
}

/**
 * @param {any} event of a poll, or what the door tells of it
 * @param {Poll} [known] what this page has of it: the votes are no part of the event
 * @returns {Poll}
 */
function openPoll({ poll, question, options, mine }, known) {
  return { poll, question, options, mine: mine ?? known?.mine ?? null, counts: known?.counts ?? null, closed: false };
}

/**
 * @param {State} state
 * @param {Poll} poll
 * @returns {State}
 */
function withPoll(state, poll) {
  return { ...state, polls: { ...state.polls, [poll.poll]: poll } };
}

/**
 * @param {State} state
 * @param {string} poll
 * @param {Partial<Poll>} change
 * @returns {State}
 */
function changePoll(state, poll, change) {
  const known = state.polls[poll];
  return known ? withPoll(state, { ...known, ...change }) : state;
}

/**
 * The reader's own vote was accepted: no event says so.
 * @param {State} state
 * @param {string} poll
 * @param {number} option
 * @returns {State}
 */
export function voted(state, poll, option) {
  return changePoll(state, poll, { mine: option });
}

/**
 * @param {State} state
 * @param {string} id
 * @returns {State}
 */
function withoutText(state, id) {
  const log = state.log.map((row) =>
    row.kind === "message" && row.id === id ? { ...row, text: null, removed: true, replyTo: null } : row,
  );
  return { ...state, log };
}

/**
 * The side streams add why a counsellor removed a text; an author's own held message ends here, too.
 * @param {State} state
 * @param {any} event
 * @returns {State}
 */
function sideRemoval(state, event) {
  const ended = state.side.held.some((held) => held.id === event.id) ? endHeld(state, event.id, "removed") : state;
  const alerts = event.by
    ? ended.side.alerts.map((alert) => (alert.id === event.id ? { ...alert, excerpt: null } : alert))
    : ended.side.alerts;
  const told = withReason(ended, event);
  return withSide(told, { alerts, ends: { ...told.side.ends, [event.id]: "removed" } });
}

/**
 * @param {State} state
 * @param {any} event
 * @returns {State}
 */
function withReason(state, { id, reason }) {
  return reason ? withSide(state, { reasons: { ...state.side.reasons, [id]: reason } }) : state;
}

/**
 * @param {State} state
 * @param {string} id
 * @param {string} end
 * @returns {State}
 */
function endHeld(state, id, end) {
  const held = state.side.held.map((one) => (one.id === id ? { ...one, text: null, end } : one));
  return withSide(state, { held, ends: { ...state.side.ends, [id]: end } });
}

/**
 * @param {State} state
 * @param {string} alert
 * @param {Partial<Alert>} change
 * @returns {State}
 */
function changeAlert(state, alert, change) {
  return withSide(state, {
    alerts: state.side.alerts.map((one) => (one.alert === alert ? { ...one, ...change } : one)),
  });
}

/**
 * Whether the replay of the last entering is through.
 * @param {State} state
 * @returns {boolean}
 */
export function isCaughtUp(state) {
  return state.entered && state.seq.room >= state.heads.room && state.seq.side >= state.heads.side;
}

/**
 * @param {State} state
 * @returns {Member[]} who is in the room now, counsellors first, then guests, then by alias
 */
export function presentMembers(state) {
  const rank = { counsellor: 0, guest: 1, young: 2 };
  return Object.values(state.members)
    .filter((member) => member.present)
    .sort((one, other) => rank[one.role] - rank[other.role] || one.alias.localeCompare(other.alias));
}

/**
 * @param {State} state
 * @returns {boolean} whether the room's state lets this reader write; the server decides
 */
export function mayWrite(state) {
  if (!state.room || !state.me) return false;
  if (state.me.role === "counsellor") return state.room.state !== "closed";
  return state.room.state === "open" || state.room.state === "closing";
}

/**
 * @param {State} state
 * @returns {boolean} whether a message of this reader would go out: muted ones can write a draft
 */
export function canSend(state) {
  return mayWrite(state) && !standingOf(state, state.me?.id ?? "").muted_until;
}

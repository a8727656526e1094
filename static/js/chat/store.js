// @ts-check
/**
 * What this reader knows of the room: a pure function of the events, in order.
 * State rebuilt from a replay equals the state of a page that lived through it (promise 8 of the protocol).
 */

/** @typedef {{id: string, alias: string, role: "young"|"counsellor"|"guest", present?: boolean, standing?: any}} Member */
/** @typedef {{room: number, side: number}} Position */
/** @typedef {{kind: "message", seq: number, at: string, id: string, member: string, text: string|null, removed: boolean, replyTo: string|null}} MessageRow */
/** @typedef {{kind: "note", seq: number, at: string, state: string, why: string}} NoteRow */
/** @typedef {MessageRow|NoteRow} Row */
/** @typedef {{alert: string, kind: string, level: string, member: string, id: string|null, excerpt: string|null, reason: string, at: string, by: string|null, closed: boolean}} Alert */
/** @typedef {{id: string, member: string, text: string|null, why: string, at: string, end: string}} Held */
/** @typedef {{seq: number, at: string, text: string, services: any[]}} Help */
/**
 * @typedef {object} Side what only this reader's side stream tells
 * @property {Alert[]} alerts
 * @property {Held[]} held
 * @property {Help[]} help
 * @property {Record<string, string>} reasons message id → why a counsellor removed it
 * @property {Record<string, string>} ends held message id → `released`, `discarded` or `removed`
 */
/**
 * @typedef {object} State
 * @property {boolean} entered
 * @property {Member|null} me
 * @property {any} room
 * @property {Record<string, Member>} members
 * @property {any} limits
 * @property {Position} seq the last number of each stream that is in this state
 * @property {Position} heads where the streams stood at the door
 * @property {Row[]} log
 * @property {Side} side
 */

/** @returns {Side} */
function emptySide() {
  return { alerts: [], held: [], help: [], reasons: {}, ends: {} };
}

/** @returns {State} */
export function emptyState() {
  return {
    entered: false,
    me: null,
    room: null,
    members: {},
    limits: { text: 1000, frame: 16384 },
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
  return {
    ...state,
    entered: true,
    me: event.you,
    room: event.room,
    limits: { ...state.limits, ...event.limits },
    members: Object.fromEntries(event.members.map((/** @type {Member} */ member) => [member.id, member])),
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
  "message.discarded": (state, event) => endHeld(state, event.id, "discarded"),

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
  const reasons = event.reason ? { ...ended.side.reasons, [event.id]: event.reason } : ended.side.reasons;
  const alerts = event.by
    ? ended.side.alerts.map((alert) => (alert.id === event.id ? { ...alert, excerpt: null } : alert))
    : ended.side.alerts;
  return withSide(ended, { reasons, alerts, ends: { ...ended.side.ends, [event.id]: "removed" } });
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

// @ts-check
/**
 * What the reader has written and the server has not yet stored. One message is under way at a time, so that the order
 * holds over lost lines; each keeps its ref, so that a second try is no second message. A page has one for the room and
 * one for whispers: they never wait for each other.
 */
import { newRef } from "./dom.js";

/**
 * `waiting`: goes out by itself · `sent`: on its way · `stored`: accepted, its event follows · `held`: stored, waits for a
 * counsellor · `failed`: refused, the reader decides
 * @typedef {"waiting"|"sent"|"stored"|"held"|"failed"} EntryStatus
 */
/** @typedef {{ref: string, text: string, replyTo: string|null, ask: boolean, at: string, status: EntryStatus, reason: string, id: string|null, shown: boolean, tries: number, inGoodTime: boolean}} Entry */
/** @typedef {import("./store.js").Row} Row */

const ANSWER_WITHIN_MS = 10000;
/** A message whose line broke this often is not sent once more by itself: something about it may break the line. */
const MOST_TRIES = 8;
/** Refusals that pass by themselves. */
const PASSING = new Set(["too_fast", "slow_mode"]);
/**
 * Refusals that pass when the room's state does. Who wrote while one could write (and then lost the line, as the counsellor
 * did) need do nothing; who wrote all the same gets the text back.
 */
const UNTIL_WRITABLE = new Set(["no_counsellor", "not_open"]);

/** @param {{id: string, text: string, at: string}} message @returns {Entry} */
function heldEntry({ id, text, at }) {
  const how = { replyTo: null, ask: false, reason: "", shown: false, tries: 0, inGoodTime: true };
  return { ...how, ref: newRef(), text, at, id, status: "held" };
}

/**
 * @param {object} options
 * @param {(entry: Entry) => object} options.commandOf what goes over the line, but for the ref
 * @param {{load: () => any, save: (value: any) => void}} options.storage this tab's own, emptied as messages are stored
 * @param {(command: any) => boolean} options.send
 * @param {() => void} options.onChange
 * @param {string} options.laterWords what stands at a message that waits for the room
 * @param {() => boolean} options.mayWrite what the page knows of the room's state
 * @param {(entry: Entry, refusal: any) => boolean} options.onRefused says whether it has given the text back to its writer
 * @param {() => void} options.onSilence no answer came
 * @param {{id: string, text: string, at: string}[]} [options.held] what waited for a counsellor when the page was made
 */
export function createOutbox({ commandOf, storage, send, laterWords, mayWrite, onChange, onRefused, onSilence, held = [] }) {
  /** @type {Entry[]} */
  let entries = [...held.map(heldEntry), ...(storage.load() ?? [])];
  for (const entry of entries) if (entry.status === "sent") entry.status = "waiting";
  let notBefore = 0;
  let waitsForRoom = false;
  /** @type {number|undefined} */
  let timer;

  function changed() {
    storage.save(entries.filter((entry) => entry.status !== "held" && entry.status !== "stored"));
    onChange();
  }

  function pump() {
    if (entries.some((entry) => entry.status === "sent")) return;
    const entry = entries.find((one) => one.status === "waiting");
    if (!entry) return;
    if (waitsForRoom && !mayWrite()) return;
    if (Date.now() < notBefore) return later(notBefore - Date.now(), pump);
    if (!send({ ...commandOf(entry), ref: entry.ref })) return;
    waitsForRoom = false;
    Object.assign(entry, { status: "sent", reason: "", tries: entry.tries + 1 });
    later(ANSWER_WITHIN_MS, onSilence);
  }

  /** @param {number} delay @param {() => void} what */
  function later(delay, what) {
    clearTimeout(timer);
    timer = setTimeout(what, delay);
  }

  /** @param {string} ref */
  function remove(ref) {
    entries = entries.filter((entry) => entry.ref !== ref);
  }

  /** @param {Entry} entry @param {any} answer */
  function accepted(entry, answer) {
    if (answer.held) {
      entries = entries.filter((one) => one === entry || !answer.id || one.id !== answer.id); // a second try after a reload
      Object.assign(entry, { status: "held", id: answer.id ?? null });
    }
    else if (entry.shown || !answer.id) remove(entry.ref);
    else Object.assign(entry, { status: "stored", id: answer.id });
  }

  /** @param {Entry} entry @param {any} answer */
  function refused(entry, answer) {
    entry.shown = false;
    if (PASSING.has(answer.code)) {
      entry.status = "waiting";
      notBefore = Date.now() + (answer.wait ?? 1) * 1000;
      entry.reason = answer.text;
      return;
    }
    if (UNTIL_WRITABLE.has(answer.code) && entry.inGoodTime) {
      Object.assign(entry, { status: "waiting", reason: laterWords });
      waitsForRoom = true;
      notBefore = Date.now() + 1000; // the news of the room's state may come after the refusal
      return;
    }
    if (onRefused(entry, answer)) remove(entry.ref);
    else Object.assign(entry, { status: "failed", reason: answer.text });
  }

  return {
    /** @returns {Entry[]} what the log still has to show, in order */
    get entries() {
      return entries.filter((entry) => !entry.shown);
    },

    /** @param {string} text @param {{replyTo?: string|null, ask?: boolean}} [how] */
    post(text, { replyTo = null, ask = false } = {}) {
      entries.push({
        ref: newRef(),
        text,
        replyTo,
        ask,
        at: new Date().toISOString(),
        status: "waiting",
        reason: "",
        id: null,
        shown: false,
        tries: 0,
        inGoodTime: mayWrite(),
      });
      pump();
      changed();
    },

    /** @param {any} answer `accepted` or `refused` @returns {boolean} whether it was about one of these messages */
    answered(answer) {
      const entry = entries.find((one) => one.ref === answer.ref);
      if (!entry) return false;
      clearTimeout(timer);
      if (answer.type === "accepted") accepted(entry, answer);
      else refused(entry, answer);
      pump();
      changed();
      return true;
    },

    /**
     * One of the reader's own messages came out of the log: its copy here is done. After a lost line it may come before
     * its `accepted`; then the copy hides until the answer to the second try.
     * @param {any} event
     */
    seen(event) {
      const entry =
        entries.find((one) => one.id === event.id) ??
        entries.find((one) => one.status === "sent" && !one.shown && one.text === event.text);
      if (!entry) return;
      if (entry.id === event.id) remove(entry.ref);
      else entry.shown = true;
      pump();
      changed();
    },

    /** The room's state may have changed. */
    pump,

    /**
     * How held messages of the reader's ended.
     * @param {Record<string, string>} ends
     * @returns {Entry[]} those that ended just now
     */
    ended(ends) {
      const over = entries.filter((entry) => entry.status === "held" && entry.id && ends[entry.id]);
      if (!over.length) return over;
      entries = entries.filter((entry) => !over.includes(entry));
      changed();
      return over;
    },

    /** The line stands again: what was on its way goes out once more under its old ref. */
    resume() {
      clearTimeout(timer);
      for (const entry of entries) {
        if (entry.status === "sent") entry.status = entry.tries < MOST_TRIES ? "waiting" : "failed";
      }
      pump();
      changed();
    },

    /** @param {string} ref */
    retry(ref) {
      const entry = entries.find((one) => one.ref === ref);
      if (!entry) return;
      Object.assign(entry, { status: "waiting", tries: 0 });
      pump();
      changed();
    },

    /** @param {string} ref @returns {Entry|undefined} */
    drop(ref) {
      const entry = entries.find((one) => one.ref === ref);
      remove(ref);
      changed();
      return entry;
    },

    /** The message under way broke the line (1009): do not send it again by itself. @param {string} reason */
    failSent(reason) {
      for (const entry of entries) if (entry.status === "sent") Object.assign(entry, { status: "failed", reason });
      changed();
    },
  };
}

/** @param {Entry} entry */
export function messageOf({ text, replyTo, ask }) {
  return { type: "message.post", text, ...(replyTo && { reply_to: replyTo }), ...(ask && { ask }) };
}

/** @param {Entry} entry */
export function whisperOf({ text }) {
  return { type: "whisper.send", text };
}

/**
 * Every other command that changes something: one answer each, asked again under the same ref when the line was lost.
 * @param {(command: any) => boolean} send
 */
export function createRequests(send) {
  /** @type {Map<string, {command: any, done: (answer: any) => void}>} */
  const open = new Map();

  return {
    /** @param {string} type @param {object} [fields] @returns {Promise<any>} `accepted` or `refused` */
    ask(type, fields = {}) {
      const command = { type, ref: newRef(), ...fields };
      return new Promise((done) => {
        open.set(command.ref, { command, done });
        send(command);
      });
    },
    /** @param {any} answer */
    answered(answer) {
      const request = open.get(answer.ref);
      open.delete(answer.ref);
      request?.done(answer);
    },
    resume() {
      for (const { command } of open.values()) send(command);
    },
  };
}

// @ts-check
/**
 * The only voice of the room for screen readers. The log itself is not live, so that nothing is read twice:
 * at most one announcement in three seconds, three messages in full, more as a number.
 */

const PAUSE_MS = 3000;
const IN_FULL = 3;
/** Two urgent things within this time are both said. */
const TOGETHER_MS = 1500;

/** @typedef {{text: string, counsellor: boolean}} Spoken */
/** @typedef {"all"|"counsellor"|"none"} Listening */

/**
 * @param {object} options
 * @param {HTMLElement} options.polite
 * @param {HTMLElement} options.assertive
 * @param {(count: number) => string} options.countOf words for "5 new messages"
 * @param {() => Listening} options.listening what the reader wants to hear
 */
export function createAnnouncer({ polite, assertive, countOf, listening }) {
  /** @type {string[]} */
  let messages = [];
  /** @type {string[]} */
  let news = [];
  let quietUntil = 0;
  let urgentAt = 0;
  /** @type {number|undefined} */
  let timer;

  function speak() {
    timer = undefined;
    const told = messages.length > IN_FULL ? [countOf(messages.length)] : messages;
    say(polite, [...news, ...told].join(" "));
    messages = [];
    news = [];
    quietUntil = Date.now() + PAUSE_MS;
  }

  /**
   * A new paragraph each time: the same words twice are still a change.
   * @param {HTMLElement} region
   * @param {string} text
   * @param {boolean} [more] beside what was just said
   */
  function say(region, text, more = false) {
    const line = document.createElement("p");
    line.textContent = text;
    if (more) region.append(line);
    else region.replaceChildren(line);
  }

  function plan() {
    if (timer === undefined) timer = setTimeout(speak, Math.max(50, quietUntil - Date.now()));
  }

  return {
    /** Somebody else's message. @param {Spoken} spoken */
    message(spoken) {
      const wanted = listening();
      if (wanted === "none" || (wanted === "counsellor" && !spoken.counsellor)) return;
      messages.push(spoken.text);
      plan();
    },
    /** What the reader must know at once: help, a refusal, a lost room. @param {string} text */
    urgent(text) {
      const together = Date.now() - urgentAt < TOGETHER_MS;
      urgentAt = Date.now();
      say(assertive, text, together);
    },
    /** A change of the room, in turn with the messages. @param {string} text */
    news(text) {
      news.push(text);
      plan();
    },
  };
}

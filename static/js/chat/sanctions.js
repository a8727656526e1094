// @ts-check
/** What a counsellor did about this reader, in plain words: what happened, why, what comes next, and who else can look. */
import { find, setText, show, stamp } from "./dom.js";
import { standingOf } from "./store.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").Sanction} Sanction */

/** Those that last until the opposite comes. @type {Record<string, (standing: import("./store.js").Standing) => boolean>} */
const LASTS = {
  "member.muted": (standing) => Boolean(standing.muted_until),
  "member.protected": (standing) => standing.protected,
};
/** Said by the page that follows: the door shows it. */
const ELSEWHERE = new Set(["member.kicked", "member.banned"]);

/**
 * What is to be said now: what still lasts, and the latest if it is only a word.
 * @param {import("./store.js").State} state
 * @returns {Sanction[]}
 */
export function wordsFor(state) {
  const me = state.me?.id ?? "";
  const own = state.side.sanctions.filter((one) => one.member === me && !ELSEWHERE.has(one.type));
  const standing = standingOf(state, me);
  const latest = own.at(-1);
  return own.filter((one) => {
    const lasts = LASTS[one.type];
    if (!lasts) return one === latest;
    return lasts(standing) && one === own.findLast((other) => other.type === one.type);
  });
}

/**
 * @param {HTMLElement} box
 * @param {HTMLTemplateElement} template
 * @param {{load: () => any, save: (value: any) => void}} storage which were folded
 */
export function createSanctions(box, template, storage) {
  /** @type {Map<number, HTMLElement>} */
  const cards = new Map();

  /** @param {Room} room @param {Sanction} one @returns {{title: string, next: string}} */
  function wordsOf({ phrase, formats }, { type, until }) {
    const name = type.replace("member.", "");
    const key = name === "muted" && !until ? "muted_open" : name;
    return { title: phrase(`${key}_title`, { time: until ? formats.time(until) : "" }), next: phrase(`${key}_next`) };
  }

  /** @param {Room} room @param {Sanction} one @returns {HTMLElement} */
  function draw(room, one) {
    const card = /** @type {HTMLDetailsElement} */ (stamp(template));
    const { title, next } = wordsOf(room, one);
    const isHard = one.type in LASTS || one.type === "member.warned";
    setText(find("[data-standing-title]", card), title);
    const reason = find("[data-standing-reason]", card);
    show(reason, Boolean(one.reason));
    setText(reason, room.phrase("sanction_why", { reason: one.reason }));
    setText(find("[data-standing-next]", card), next);
    show(find("[data-standing-review]", card), isHard);
    show(find("[data-standing-help]", card), isHard);
    card.open = !folded().includes(one.seq);
    find("[data-standing-close]", card).addEventListener("click", () => {
      storage.save([...folded(), one.seq]);
      if (one.type in LASTS) card.open = false;
      else render(room);
      room.composer.focus();
    });
    return card;
  }

  /** @returns {number[]} */
  function folded() {
    return storage.load() ?? [];
  }

  /** @param {Room} room */
  function render(room) {
    const said = wordsFor(room.state()).filter((one) => one.type in LASTS || !folded().includes(one.seq));
    for (const [seq, card] of cards) {
      if (said.some((one) => one.seq === seq)) continue;
      card.remove();
      cards.delete(seq);
    }
    for (const one of said) {
      if (cards.has(one.seq)) continue;
      const card = draw(room, one);
      cards.set(one.seq, card);
      box.prepend(card);
    }
    show(box, cards.size > 0);
  }

  return {
    /** @param {Room} room @param {any[]} taken @param {boolean} live */
    render(room, taken, live) {
      render(room);
      for (const one of live ? taken : []) {
        if (!one.type.startsWith("member.") || one.stream !== "private" || ELSEWHERE.has(one.type)) continue;
        const { title, next } = wordsOf(room, { until: null, ...one });
        const why = one.reason ? room.phrase("sanction_why", { reason: one.reason }) : "";
        room.announcer.urgent([title, why, next].filter(Boolean).join(" "));
      }
    },
  };
}

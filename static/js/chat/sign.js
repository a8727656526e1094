// @ts-check
/** What the room says about itself: its state, who leads, the question of the moment, and what makes it slower. */
import { find, setText, show } from "./dom.js";

/** @typedef {import("./store.js").State} State */

const NO_SHOW_MS = 5 * 60 * 1000;

/**
 * @param {object} options
 * @param {HTMLElement} options.root
 * @param {import("./dom.js").Phrase} options.phrase
 * @param {import("./dom.js").Clockwork} options.formats
 */
export function createSign({ root, phrase, formats }) {
  const startsAt = Date.parse(root.dataset.startsAt ?? "");
  const isStaff = root.dataset.staff !== undefined;
  /** The room as it was last told of. @type {any} */
  let told = {};

  /** Whether the evening should have begun and no counsellor has come. @param {State} state */
  function isNoShow(state) {
    return state.room.state === "lobby" && Date.now() > startsAt + NO_SHOW_MS;
  }

  /** @param {State} state @returns {string} what the state of the room means to this reader; nothing while all is well */
  function bannerWords(state) {
    const name = state.room.state;
    if (name === "open") return "";
    const who = isStaff ? "staff" : "young";
    const closesAt = state.room.closes_at;
    if (name === "closing" && closesAt) return phrase(`banner_closing_${who}`, { time: formats.time(closesAt) });
    if (name === "lobby" && who === "young" && isNoShow(state)) return phrase("banner_no_show");
    if (name === "lobby" && Date.now() > startsAt) return phrase(`banner_soon_${who}`);
    return phrase(`banner_${name}_${who}`, { time: formats.time(root.dataset.startsAt ?? "") });
  }

  /** @param {any} room @returns {string[]} */
  function calmWords({ slow, hold }) {
    return [...(hold ? [phrase("calm_hold")] : []), ...(slow ? [phrase("calm_slow", { count: slow })] : [])];
  }

  /** @param {State} state */
  function renderBanner(state) {
    const banner = find("[data-banner]");
    const words = bannerWords(state);
    show(banner, Boolean(words));
    setText(find("[data-banner-text]", banner), words);
    for (const link of banner.querySelectorAll("[data-when]")) {
      const when = link.dataset.when.split(" ");
      show(link, when.includes(state.room.state) || (when.includes("no_show") && isNoShow(state)));
    }
  }

  /** Until somebody writes, the people and what one may do here. @param {State} state @param {boolean} isWriting */
  function renderWelcome(state, isWriting) {
    const isEmpty = !isWriting && !state.log.some((row) => row.kind === "message");
    const words = isEmpty ? phrase(`welcome_${state.room.state}`) : "";
    show(find("[data-welcome]"), Boolean(words));
    if (words) setText(find("[data-welcome-text]"), words);
  }

  /** @param {State} state */
  function renderWho(state) {
    const here = Object.values(state.members).filter((member) => member.present);
    const leading = here.filter((member) => member.role === "counsellor").map((member) => member.alias);
    const led = leading.length ? phrase("leads", { names: formats.names(leading) }) : phrase("nobody_leads");
    setText(find("[data-who]"), state.room.state === "closed" ? phrase("closed_short") : led);
    for (const place of root.querySelectorAll("[data-count]")) setText(/** @type {any} */ (place), String(here.length));
  }

  /** @param {State} state */
  function renderPin({ room }) {
    const box = find("[data-pin]");
    show(box, Boolean(room.pin));
    setText(find("[data-pin-text]", box), room.pin ?? "");
    const calm = calmWords(room).join(" ");
    show(find("[data-calm]"), Boolean(calm));
    setText(find("[data-calm]"), calm);
  }

  return {
    /** @param {State} state @param {boolean} isWriting whether something of the reader's own is on its way */
    render(state, isWriting) {
      renderWelcome(state, isWriting);
      renderWho(state);
      renderBanner(state);
      renderPin(state);
    },

    renderBanner,

    /** What the reader has met already is no news. @param {any} room */
    remember({ state, pin, slow, hold }) {
      told = { state, pin, slow, hold };
    },

    /** @param {State} state @param {any} change a `room.changed` @returns {string[]} what is new of it, once each */
    news(state, change) {
      const before = told;
      this.remember(change);
      const words = change.state === before.state ? [] : [bannerWords(state)];
      if (change.pin && change.pin !== before.pin) words.push(phrase("pin_said", { text: change.pin }));
      if (change.hold !== before.hold || change.slow !== before.slow) words.push(...calmWords(change));
      return words.filter(Boolean);
    },
  };
}

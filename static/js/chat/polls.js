// @ts-check
/** Polls that are open: a question, its answers to press, and how many chose which. */
import { make, show } from "./dom.js";
import { tallyOf } from "./log.js";
import { voted } from "./store.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").Poll} Poll */

/** @param {HTMLElement} box */
export function createPolls(box) {
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();

  /** @param {Room} room @param {string} poll @param {number} option */
  async function vote(room, poll, option) {
    const answer = await room.ask("poll.vote", { poll, option });
    if (answer.type === "accepted") room.apply((state) => voted(state, poll, option));
    else room.tell(answer.text, true);
  }

  /** @param {Room} room @param {Poll} poll @returns {HTMLElement} */
  function draw(room, { poll, question, options }) {
    const buttons = options.map((_option, index) => {
      const button = make("button", { class: "poll__option", type: "button", "aria-pressed": "false" });
      button.addEventListener("click", () => vote(room, poll, index));
      return button;
    });
    return make(
      "details",
      { class: "poll", open: true },
      make("summary", {}, make("strong", {}, question)),
      make("div", { class: "poll__options", role: "group", "aria-label": question }, ...buttons),
    );
  }

  /** @param {Room} room @param {Poll} poll @param {HTMLElement} card */
  function fill({ phrase }, { options, mine, counts }, card) {
    const key = JSON.stringify([mine, counts]);
    if (card.dataset.drawn === key) return;
    card.dataset.drawn = key;
    [...card.querySelectorAll("button")].forEach((button, index) => {
      button.setAttribute("aria-pressed", String(mine === index));
      const words = counts ? tallyOf(options[index], counts, index, phrase) : [options[index]];
      button.replaceChildren(...words);
      if (mine === index) button.append(make("span", { class: "poll__mine" }, phrase("poll_mine")));
    });
  }

  return {
    /** @param {Room} room @param {any[]} taken @param {boolean} live */
    render(room, taken, live) {
      const open = Object.values(room.state().polls).filter((poll) => !poll.closed);
      for (const [key, card] of cards) {
        if (open.some((poll) => poll.poll === key)) continue;
        card.remove();
        cards.delete(key);
      }
      for (const poll of open) {
        const card = cards.get(poll.poll) ?? draw(room, poll);
        if (!cards.has(poll.poll)) box.append(card);
        cards.set(poll.poll, card);
        fill(room, poll, card);
      }
      show(box, open.length > 0);
      for (const event of taken) {
        if (live && event.type === "poll.opened") room.announcer.news(room.phrase("poll_said", { text: event.question }));
      }
    },
  };
}

// @ts-check
/** The hard steps have a second one: a kick its ground, a ban what it will mean. */
import { find, make, setText, show } from "./dom.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {(type: string, fields: object, done: string) => Promise<boolean>} Act */

/**
 * @param {Room} room
 * @param {HTMLElement} box
 * @param {{act: Act, reason: {words: () => string}, refused: (answer: any) => void, onOpen: () => void}} hands
 */
export function createSteps(room, box, { act, reason, refused, onOpen }) {
  const { phrase } = room;
  const title = find("[data-step-title]", box);
  const facts = find("[data-step-facts]", box);
  const buttons = find("[data-step-buttons]", box);
  const watch = find("[data-step-watch]", box);
  const days = find("[data-step-days]", box);
  /** @type {Element|null} */
  let from = null;
  /** A step that was left must not answer into the next one. */
  let turn = 0;

  /** @param {string} name of the step @param {string} words @param {HTMLElement[]} choices */
  function open(name, words, choices) {
    turn += 1;
    onOpen();
    from = document.activeElement;
    setText(title, words);
    facts.replaceChildren();
    find("input", watch).checked = false;
    show(watch, name === "kick");
    show(days, name === "ban");
    buttons.replaceChildren(...choices);
    box.dataset.step = name;
    show(box, true);
    choices[0].focus();
  }

  function close() {
    if (box.hidden) return;
    const had = box.contains(document.activeElement);
    turn += 1;
    show(box, false);
    if (had && from instanceof HTMLElement && from.isConnected) from.focus();
  }
  find("[data-step-back]", box).addEventListener("click", close);

  /** @param {string} label @param {() => void} run @returns {HTMLElement} */
  function hard(label, run) {
    const button = make("button", { class: "button button--danger", type: "button" }, label);
    button.addEventListener("click", run);
    return button;
  }

  return {
    get isOpen() {
      return !box.hidden;
    },
    close,

    /** @param {string} member @param {string} name */
    kick(member, name) {
      const choices = ["discord", "harassment"].map((ground) =>
        hard(phrase(`kick_${ground}`), () => {
          const fields = { member, ground, reason: reason.words(), watch: find("input", watch).checked };
          close();
          act("member.kick", fields, phrase("did_kick", { name }));
        }),
      );
      open("kick", phrase("kick_title", { name }), choices);
      facts.append(make("li", {}, phrase("kick_reads", { name, reason: reason.words() })));
    },

    /** @param {string} member @param {string} name */
    async ban(member, name) {
      let isKnown = false;
      const run = hard(phrase("ban_do", { name }), () => {
        if (!isKnown) return;
        const fields = { member, reason: reason.words(), days: Number(find("select", days).value) };
        close();
        act("member.ban", fields, phrase("did_ban", { name }));
      });
      open("ban", phrase("ban_title", { name }), [run]);
      facts.append(make("li", {}, phrase("ban_looks")));
      const mine = turn;
      const answer = await room.ask("ban.preview", { member });
      if (turn !== mine) return;
      if (answer.type === "refused" || answer.missing?.length) {
        close();
        return refused({ ...answer, code: answer.missing?.length ? "ladder" : answer.code });
      }
      isKnown = true;
      const told = [phrase(`ban_shared_${answer.shared}`), phrase("ban_reads", { name, reason: reason.words() })];
      facts.replaceChildren(...told.map((words) => make("li", {}, words)));
      room.announcer.urgent(told.join(" "));
    },
  };
}

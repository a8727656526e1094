// @ts-check
/** "Tell the counsellor": a reason with one tap, or in words of one's own. Nobody else learns of it. */
import { find } from "./dom.js";

/** @typedef {import("./page.js").Room} Room */

const REASONS = ["hard", "unsafe", "contact", "worried"];

/** @param {any} dialog */
export function createReporting(dialog) {
  const form = find("form", dialog);
  const box = find("input", form);
  find("[data-report-cancel]", form).addEventListener("click", () => dialog.close());

  /** @param {Room} room @param {string} id @param {string} reason */
  async function report(room, id, reason) {
    const answer = await room.ask("message.report", { id, reason });
    if (answer.type === "refused") room.tell(answer.text, true);
    else room.tell(room.phrase("reported"));
  }

  /** @param {Room} room @param {string} id */
  function askWords(room, id) {
    box.value = "";
    form.onsubmit = () => {
      if (box.value.trim()) report(room, id, box.value.trim());
    };
    dialog.showModal();
  }

  return {
    /** @param {Room} room @param {import("./store.js").MessageRow} row @returns {import("./log.js").Action[]} */
    actions(room, row) {
      const { phrase } = room;
      const state = room.state();
      if (row.member === state.me?.id || state.room.state === "closed") return [];
      const preset = REASONS.map((name, index) => ({
        label: phrase(`report_${name}`),
        run: () => report(room, row.id, phrase(`report_${name}`)),
        ...(index === 0 && { under: phrase("report") }),
      }));
      return [...preset, { label: phrase("report_other"), run: () => askWords(room, row.id) }];
    },
  };
}

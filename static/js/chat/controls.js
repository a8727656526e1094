// @ts-check
/** Opening, pausing and closing the room. Only what fits the room's state is shown. */
import { find, show } from "./dom.js";

/** @typedef {import("./page.js").Room} Room */

/** @param {Room} room */
export function createControls(room) {
  const bar = find("[data-controls]");
  const closing = find("[data-closing-dialog]");

  /** @param {string} type @param {object} [fields] */
  async function run(type, fields) {
    const answer = await room.ask(type, fields);
    if (answer.type === "refused") room.tell(answer.text, true);
  }

  for (const button of bar.querySelectorAll("[data-command]")) {
    const { command, minutes } = button.dataset;
    button.addEventListener("click", () => run(command, minutes && { minutes: Number(minutes) }));
  }

  find("[data-closing-open]", bar).addEventListener("click", () => closing.showModal());
  find("[data-closing-cancel]", closing).addEventListener("click", () => closing.close());
  find("form", closing).addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const fields = new FormData(form);
    const text = String(fields.get("text")).trim();
    run("room.close", { minutes: Number(fields.get("minutes")), ...(text && { text }) });
  });

  return {
    render() {
      const name = room.state().room?.state;
      for (const part of bar.querySelectorAll("[data-when]")) show(part, part.dataset.when.split(" ").includes(name));
    },
  };
}

// @ts-check
/** What was just done, calmly, with the way back where there is one. It stays until it is read, put away or replaced. */
import { find, setText, show } from "./dom.js";

const STAYS_MS = 20000;

/**
 * @param {HTMLElement} box
 * @param {ReturnType<typeof import("./announcer.js").createAnnouncer>} announcer
 * @param {() => void} onShown the place around it has changed
 */
export function createToast(box, announcer, onShown) {
  const text = find("[data-toast-text]", box);
  const undo = find("[data-toast-undo]", box);
  /** @type {number|undefined} */
  let timer;

  function hide() {
    clearTimeout(timer);
    show(box, false);
  }
  find("[data-toast-close]", box).addEventListener("click", hide);

  return {
    hide,
    /** @param {string} words @param {{label: string, run: () => void}} [back] */
    say(words, back) {
      announcer.urgent(words);
      clearTimeout(timer);
      setText(text, words);
      show(undo, Boolean(back));
      if (back) {
        setText(undo, back.label);
        undo.onclick = () => {
          hide();
          back.run();
        };
      }
      show(box, true);
      onShown();
      if (!back) timer = setTimeout(hide, STAYS_MS);
    },
  };
}

// @ts-check
/**
 * One key for each decision, while something on the list has the focus. Never in a text field, never with Ctrl, Cmd or
 * Alt, and not at all where somebody has switched them off (WCAG 2.1.4): in the room's and in this list's at once.
 */
import { find } from "../chat/dom.js";
import { ownSetting } from "../chat/keys.js";

const STORED_AS = "samrum.keys";

/**
 * @param {HTMLElement} root
 * @param {{decide: (card: HTMLElement, key: string) => boolean, step: (card: HTMLElement, by: 1|-1) => void,
 *   open: (card: HTMLElement) => void, undo: () => void}} does
 */
export function installKeys(root, does) {
  const help = find("[data-keys-dialog]", root);
  const choice = find("[data-keys-on]", help);
  const setting = ownSetting(STORED_AS);
  choice.checked = setting.load() !== "off";
  choice.addEventListener("change", () => setting.save(choice.checked ? "on" : "off"));
  const openHelp = () => help.showModal();
  for (const button of root.querySelectorAll("[data-keys-open]")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", openHelp);
  }
  find("[data-keys-close]", help).addEventListener("click", () => help.close());

  root.addEventListener("keydown", (event) => {
    if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const card = /** @type {HTMLElement} */ (event.target);
    if (!card.matches("[data-item]")) return;
    const key = event.key.toUpperCase();
    if (key === "?") openHelp();
    else if (key === "Z") does.undo();
    else if (key === "J") does.step(card, 1);
    else if (key === "K") does.step(card, -1);
    else if (key === "O") does.open(card);
    else if (!does.decide(card, key)) return;
    event.preventDefault();
  });
}

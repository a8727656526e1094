// @ts-check
/**
 * One key for each tool, while a message or a person has the focus. Never in a text field, never with Ctrl, Cmd or Alt, and
 * not at all where somebody has switched them off (WCAG 2.1.4).
 */
import { find } from "./dom.js";

const STORED_AS = "samrum.keys";
const TOOLS = new Map([
  ["w", "whisper"],
  ["a", "warn"],
  ["m", "mute"],
  ["k", "kick"],
  ["b", "ban"],
  ["p", "protect"],
  ["d", "remove"],
  ["/", "refer"],
]);

/** What the browser keeps of how this counsellor works. @param {string} key */
export function ownSetting(key) {
  return {
    load() {
      try {
        return localStorage.getItem(key) ?? "";
      } catch {
        return "";
      }
    },
    /** @param {string} value */
    save(value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // Without storage it holds as long as the page.
      }
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {(tool: string) => void} use
 */
export function installKeys(root, use) {
  const help = find("[data-keys-dialog]");
  const choice = find("[data-keys-on]", help);
  const setting = ownSetting(STORED_AS);
  choice.checked = setting.load() !== "off";
  choice.addEventListener("change", () => setting.save(choice.checked ? "on" : "off"));
  const openHelp = () => help.showModal();
  for (const button of root.querySelectorAll("[data-keys-open]")) button.addEventListener("click", openHelp);
  find("[data-keys-close]", help).addEventListener("click", () => help.close());

  root.addEventListener("keydown", (event) => {
    if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const target = /** @type {Element} */ (event.target);
    if (!target.matches("[data-member]")) return;
    const tool = TOOLS.get(event.key.toLowerCase());
    if (!tool && event.key !== "?") return;
    event.preventDefault();
    if (tool) use(tool);
    else openHelp();
  });
}

// @ts-check
/** What the room has of its tab: a little storage, the height above the keyboard, lists that open over the log. */
import { find, show } from "./dom.js";

/**
 * Text of this tab alone: gone with the tab, with sending and with the exit. After `forget` nothing is kept any more.
 * @param {string} key
 */
export function tabStorage(key) {
  let isOver = false;

  /** @param {any} value */
  function save(value) {
    try {
      if (isOver || value === null || (Array.isArray(value) && !value.length)) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Storage is switched off or full: the text still stands on the page.
    }
  }

  return {
    load() {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    save,
    forget() {
      isOver = true;
      save(null);
    },
  };
}

/**
 * With the on-screen keyboard open the room is as high as what one can see, on browsers that lay the keyboard over it, too.
 * @param {HTMLElement} root
 */
export function followKeyboard(root) {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => {
    if (viewport.scale > 1.01) return; // zoomed by hand: leave the page as it is
    document.documentElement.style.setProperty("--seen", `${viewport.height}px`);
    if (viewport.offsetTop > 0 && root.contains(document.activeElement)) scrollTo(0, 0);
  };
  viewport.addEventListener("resize", fit);
  fit();
}

/**
 * Beside the log there may be lists: on a phone one at a time lies over it.
 * @param {HTMLElement} root
 */
export function installPanels(root) {
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-panel-button]"));

  /** @param {string} name */
  function open(name) {
    root.dataset.panel = name;
    for (const button of buttons) button.setAttribute("aria-expanded", String(button.dataset.panelButton === name));
  }

  for (const button of buttons) {
    const name = button.dataset.panelButton ?? "";
    show(button, true);
    button.addEventListener("click", () => {
      open(root.dataset.panel === name ? "" : name);
      if (root.dataset.panel) find(`[data-panel-name="${name}"] [data-panel-title]`, root).focus();
    });
    const panel = find(`[data-panel-name="${name}"]`, root);
    const close = () => {
      open("");
      button.focus();
    };
    find("[data-panel-close]", panel).addEventListener("click", close);
    panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && root.dataset.panel === name) close();
    });
  }
}

/** @param {{load: () => any, save: (value: any) => void}} storage */
export function installListening(storage) {
  const chosen = storage.load() ?? "all";
  for (const choice of document.querySelectorAll("input[name=listening]")) {
    if (!(choice instanceof HTMLInputElement)) continue;
    choice.checked = choice.value === chosen;
    choice.addEventListener("change", () => storage.save(choice.value));
  }
}

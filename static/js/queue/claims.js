// @ts-check
/** What has the focus is being looked at, and the colleagues see by whom. What loses it is let go again. */

const DWELL_MS = 300; // walking past is not looking

/**
 * @param {HTMLElement} root
 * @param {(card: HTMLElement, letGo: boolean) => Promise<void>} tell
 */
export function followFocus(root, tell) {
  /** @type {HTMLElement|undefined} */
  let mine;
  /** @type {number|undefined} */
  let timer;

  root.addEventListener("focusin", (event) => {
    const card = /** @type {Element} */ (event.target).closest("[data-item]");
    if (!(card instanceof HTMLElement) || card === mine) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (mine?.isConnected) tell(mine, true);
      mine = card;
      if (card.isConnected) tell(card, false);
    }, DWELL_MS);
  });
}

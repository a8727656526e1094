// @ts-check
/** Tabs of the desk: arrow keys go from one to the next, as in the ARIA pattern. */

/** @param {HTMLElement} root @param {() => void} onChange */
export function installTabs(root, onChange) {
  const tabs = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[role=tab]")]);

  /** @param {HTMLElement} chosen */
  function open(chosen) {
    for (const tab of tabs) {
      const isIt = tab === chosen;
      tab.setAttribute("aria-selected", String(isIt));
      tab.tabIndex = isIt ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = !isIt;
    }
    onChange();
  }

  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      open(next);
      next.focus();
    });
  });
}

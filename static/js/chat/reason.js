// @ts-check
/** Why: one of the usual reasons, or words of one's own. The young person reads it. */
import { find, show } from "./dom.js";

const OWN = "own";

/** @param {HTMLElement} box with a list to choose from and a field for own words */
export function createReason(box) {
  const list = find("select", box);
  const own = find("input", box);

  function render() {
    show(find("[data-own-why]", box), list.value === OWN);
  }
  list.addEventListener("change", () => {
    render();
    if (list.value === OWN) own.focus();
  });
  render();

  return {
    /** @returns {string} what the young person reads; the usual one while nothing is written */
    words() {
      const chosen = list.value === OWN ? own.value.trim() : list.selectedOptions[0].textContent.trim();
      return chosen || list.options[0].textContent.trim();
    },
    reset() {
      list.selectedIndex = 0;
      own.value = "";
      render();
    },
  };
}

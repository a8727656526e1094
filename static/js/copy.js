// @ts-check
// Copies what stands on the page, and prints it. Without this file the text is marked and copied by hand.

const SHOWN = 4000; // milliseconds that "copied" stands on the button

/**
 * @param {HTMLButtonElement} button `data-copy` is the id of what is copied, `data-copied` what the button then says.
 */
function offerCopy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  if (!source || !navigator.clipboard) return;
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const text = source instanceof HTMLInputElement ? source.value : source.innerText;
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      window.getSelection()?.selectAllChildren(source); // the browser says no: Ctrl+C is one key away
      return;
    }
    button.textContent = button.dataset.copied ?? label;
    window.setTimeout(() => { button.textContent = label; }, SHOWN);
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) offerCopy(/** @type {HTMLButtonElement} */ (button));

for (const button of document.querySelectorAll("button[data-print]")) {
  /** @type {HTMLButtonElement} */ (button).hidden = false;
  button.addEventListener("click", () => window.print());
}

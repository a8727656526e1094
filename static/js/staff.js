// @ts-check
// Beside what a counsellor writes stands how it will look. Without this file the button does the same, slower.

const PAUSE = 400; // milliseconds without a key before we ask

/**
 * @typedef {{html: string, source?: string, prefilled?: string}} Preview
 */

/**
 * Keep the preview of one form up to date, and its proposed text as long as nobody wrote in it.
 * @param {HTMLFormElement} form
 */
function follow(form) {
  const address = form.dataset.preview;
  const here = form.querySelector("[data-preview-here]");
  const text = /** @type {HTMLTextAreaElement | null} */ (form.elements.namedItem("text"));
  const prefilled = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("prefilled"));
  if (!address || !here || !text) return;

  for (const button of form.querySelectorAll("[data-without-script]")) button.setAttribute("hidden", "");

  let timer = 0;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    const sent = text.value;
    /** @type {Preview} */
    let answer;
    try {
      const response = await fetch(address, { method: "POST", body: new FormData(form), redirect: "error" });
      if (!response.ok) return;
      answer = await response.json();
    } catch {
      return; // the next key asks again
    }
    if (mine !== asked) return;
    here.innerHTML = answer.html; // sanitised by the server, as the published post is
    if (prefilled && answer.source !== undefined && answer.prefilled && text.value === sent) {
      if (text.value !== answer.source) text.value = answer.source;
      prefilled.value = answer.prefilled;
    }
  }

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  });
}

for (const form of document.querySelectorAll("form[data-preview]")) follow(/** @type {HTMLFormElement} */ (form));

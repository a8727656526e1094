// @ts-check
// Shows what stands in a password field. Without this file it stays hidden, and the six words help whoever mistyped.

/** @param {HTMLButtonElement} button `data-show` is the id of the field, `data-hide` what the button says meanwhile. */
function offerToShow(button) {
  const field = document.getElementById(button.dataset.show ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  const label = button.textContent ?? "";

  /** @param {boolean} on */
  const show = (on) => {
    field.type = on ? "text" : "password";
    button.textContent = on ? (button.dataset.hide ?? label) : label;
  };

  field.spellcheck = false; // some browsers send shown words to a spelling service
  field.autocapitalize = "none";
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false)); // so that the browser takes it for a password
}

for (const button of document.querySelectorAll("button[data-show]")) offerToShow(/** @type {HTMLButtonElement} */ (button));

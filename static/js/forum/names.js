// @ts-check
/** Another nickname without loading the page again. Without this file the same button loads it with another name. */

/** @param {HTMLFormElement} form */
function offerNames(form) {
  const button = form.querySelector("[data-another]");
  const field = form.elements.namedItem("alias");
  const said = form.querySelector("[data-alias-said]");
  const names = (form.dataset.names ?? "").split("|").filter(Boolean);
  if (!(button instanceof HTMLButtonElement) || !(field instanceof HTMLInputElement) || !names.length) return;
  button.type = "button";
  let at = names.indexOf(field.value);
  button.addEventListener("click", () => {
    at = (at + 1) % names.length;
    field.value = names[at];
    form.querySelector("[data-alias-error]")?.remove();
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", "alias-help");
    if (said instanceof HTMLElement) said.textContent = (said.dataset.aliasSaid ?? "").replace("{alias}", names[at]);
  });
}

for (const form of document.querySelectorAll("form[data-names]")) offerNames(/** @type {HTMLFormElement} */ (form));

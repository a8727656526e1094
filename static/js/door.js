// @ts-check
/**
 * The door of a session: another nickname without loading the page again, and going in by itself when it is one's turn
 * in the queue. Without this file the link loads the page with another name, and the button is tapped.
 */

/** @param {HTMLFormElement} form */
function offerNames(form) {
  const link = form.querySelector("[data-door-another]");
  const field = form.elements.namedItem("alias");
  const said = form.querySelector("[data-door-said]");
  const names = (form.dataset.door ?? "").split("|").filter(Boolean);
  if (!(link instanceof HTMLAnchorElement) || !(field instanceof HTMLInputElement) || !names.length) return;

  const button = document.createElement("button"); // what it is, now that it leads nowhere
  button.type = "button";
  button.className = link.className;
  button.textContent = link.textContent;
  link.replaceWith(button);

  let at = names.indexOf(field.value);
  button.addEventListener("click", () => {
    at = (at + 1) % names.length;
    field.value = names[at];
    forgive(form, field);
    if (said instanceof HTMLElement) said.textContent = (said.dataset.doorSaid ?? "").replace("{alias}", names[at]);
  });
}

/**
 * A name of ours is no wrong name.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} field
 */
function forgive(form, field) {
  form.querySelector("[data-door-error]")?.remove();
  form.querySelector(".field--wrong")?.classList.remove("field--wrong");
  field.removeAttribute("aria-invalid");
  field.setAttribute("aria-describedby", "alias-help");
}

const form = document.querySelector("form[data-door]");
if (form instanceof HTMLFormElement) {
  offerNames(form);
  if ("byItself" in form.dataset) form.requestSubmit();
}

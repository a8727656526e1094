// @ts-check
/**
 * What is being written stays in this tab until it is sent: for a call, a dead battery of the network, a wrong tap.
 * It is kept nowhere else, goes when one leaves ("Væk herfra") and after a day, and one button deletes it.
 *
 * The draft of a form that was sent goes when the page arrives that follows it (`data-draft-arrived`): a text whose
 * sending failed on the way is still there.
 */

const PREFIX = "samrum:draft:";
const KEPT_MS = 24 * 3600 * 1000;
const UNDO_MS = 10_000;

/** @typedef {{ text: string, at: number, sent?: boolean }} Draft */

/** @param {string} key @returns {Draft | null} */
function read(key) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return draft && typeof draft.text === "string" && Date.now() - draft.at < KEPT_MS ? draft : null;
  } catch {
    return null; // storage is switched off, or something else wrote there
  }
}

/** @param {string} key @param {Draft | null} draft */
function keep(key, draft) {
  try {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  } catch {
    // Storage is switched off or full: the text is in the box.
  }
}

/** Drafts that are too old go, and those that arrived. @param {boolean} arrived */
function tidy(arrived) {
  try {
    for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith(PREFIX))) {
      const draft = read(key);
      if (!draft || (arrived && draft.sent)) keep(key, null);
    }
  } catch {
    // Storage is switched off: there is nothing to tidy.
  }
}

/** @param {HTMLFormElement} form */
function follow(form) {
  const box = form.elements.namedItem("text");
  const line = form.querySelector("[data-draft-line]");
  const said = form.querySelector("[data-draft-said]");
  const button = form.querySelector("[data-draft-drop]");
  if (!(box instanceof HTMLTextAreaElement) || !(line instanceof HTMLElement)) return;
  if (!(said instanceof HTMLElement) || !(button instanceof HTMLButtonElement)) return;
  const key = PREFIX + location.pathname;
  const given = box.value; // what the server put there is no draft
  let left = false;
  let dropped = "";
  let timer = 0;

  /** @param {boolean} canUndo */
  function show(canUndo) {
    line.hidden = !canUndo && box.value === given;
    said.textContent = (canUndo ? line.dataset.gone : line.dataset.kept) ?? "";
    button.textContent = (canUndo ? button.dataset.undo : button.dataset.drop) ?? "";
  }

  function forgetDropped() {
    window.clearTimeout(timer);
    dropped = "";
  }

  function save() {
    if (left) return;
    forgetDropped();
    keep(key, box.value.trim() && box.value !== given ? { text: box.value, at: Date.now() } : null);
    show(false);
  }

  const draft = read(key);
  if (draft && !given) {
    box.value = draft.text;
    show(false);
  }
  box.addEventListener("input", save);
  button.addEventListener("click", () => {
    if (dropped) {
      box.value = dropped;
      save();
    } else {
      const text = box.value;
      box.value = given;
      keep(key, null);
      dropped = text;
      timer = window.setTimeout(() => { dropped = ""; show(false); }, UNDO_MS);
      show(true);
    }
    box.focus();
  });
  form.addEventListener("submit", () => {
    if (!left && box.value.trim()) keep(key, { text: box.value, at: Date.now(), sent: true });
  });
  document.addEventListener("samrum:exit", () => {
    left = true;
    box.value = "";
    forgetDropped();
    keep(key, null);
  });
}

tidy(document.querySelector("[data-draft-arrived]") !== null);
for (const form of document.querySelectorAll("form[data-draft]")) follow(/** @type {HTMLFormElement} */ (form));

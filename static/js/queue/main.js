// @ts-check
/**
 * The queue with JavaScript: a decision by one key, the next thing in focus, ten seconds to take it back. Without this
 * file the same forms do the same, a page at a time.
 */
import { find, setText, show } from "../chat/dom.js";
import { isBlind, watchMoves } from "../chat/steady.js";
import { followFocus } from "./claims.js";
import { installKeys } from "./keys.js";

const LOOK_AGAIN_MS = 15000;
const AFTER_MS = 300; // the server's clock decides when the undo time is over

/** @typedef {{said: string, undo?: number, card?: string, gone?: boolean}} Answer */
/** @typedef {{name: string, timer: number}} Decided */

const root = /** @type {HTMLElement} */ (find("[data-queue]"));
const rows = /** @type {HTMLElement} */ (find("[data-rows]", root));
const toast = find("[data-toast]", root);
const voice = find("[data-voice]", root);
const moves = watchMoves(rows);
/** @type {Decided[]} what can still be taken back, the last one last */
const decided = [];
/** @type {string[]} the order in which they came, what was kept for now at its end */
const order = Array.from(rows.children, (row) => nameOf(row));
const known = new Set(order);
let knowsAll = !root.querySelector("[data-more]");

/** @param {Element} row */
function nameOf(row) {
  return /** @type {HTMLElement} */ (row).dataset.row ?? "";
}

/** @param {ParentNode} part */
function hideWhatScriptsDo(part) {
  for (const element of part.querySelectorAll("[data-without-script]")) element.setAttribute("hidden", "");
}

/** @param {string} words */
function say(words) {
  voice.textContent = "";
  setText(voice, words);
}

/** @param {string} url @param {FormData} body @returns {Promise<{ok: boolean, answer: Answer}>} */
async function send(url, body) {
  try {
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    return { ok: response.ok, answer: response.status === 204 ? { said: "" } : await response.json() };
  } catch {
    return { ok: false, answer: { said: root.dataset.trouble ?? "" } };
  }
}

/** The token that every form on the page carries. @param {Record<string, string>} [fields] */
function body(fields = {}) {
  const data = new FormData();
  const token = /** @type {HTMLInputElement|null} */ (root.querySelector("[name=csrfmiddlewaretoken]")) ?? kept;
  if (token) data.set(token.name, token.value);
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}
const kept = /** @type {HTMLInputElement|null} */ (root.querySelector("[name=csrfmiddlewaretoken]")); // its card may go

// Cards -----------------------------------------------------------------------------------------------------------

/** @param {Element|null|undefined} row */
function focusOn(row) {
  const card = row?.querySelector("[data-item]");
  if (card instanceof HTMLElement) card.focus();
}

/** @param {HTMLElement} card @param {1|-1} by */
function step(card, by) {
  const row = card.closest("[data-row]");
  focusOn(by > 0 ? row?.nextElementSibling : row?.previousElementSibling);
}

/** Put a card that the server has made anew at its place. @param {string} html */
function put(html) {
  const frame = document.createElement("template");
  frame.innerHTML = html; // our own template, escaped by the server
  const row = frame.content.firstElementChild;
  if (!row) return null;
  hideWhatScriptsDo(row);
  const place = order.indexOf(nameOf(row));
  const behind = Array.from(rows.children).find((other) => order.indexOf(nameOf(other)) > place);
  rows.insertBefore(row, behind ?? null);
  showEmpty();
  return row;
}

function showEmpty() {
  show(find("[data-empty]", root), rows.childElementCount === 0 && !root.querySelector("[data-more]"));
}

/** It is decided: out of the list, or to its end when it still waits; the focus goes on to the next. @param {HTMLElement} card @param {Answer} answer */
function settled(card, answer) {
  const row = /** @type {HTMLElement} */ (card.closest("[data-row]"));
  const hadFocus = card.contains(document.activeElement);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (answer.card) {
    order.push(...order.splice(order.indexOf(nameOf(row)), 1));
    put(answer.card);
  }
  if (hadFocus && next) focusOn(next);
  else if (hadFocus) (root.querySelector("[data-more] a") ?? find("[data-heading]", root)).focus();
  showEmpty();
  if (answer.undo) remember(nameOf(row), answer.undo);
  tellOf(answer.said);
}

/** Other words stand there now than those that were decided: the card says so, and they are read first. @param {HTMLElement} row @param {Answer} answer */
function readAgain(row, answer) {
  const hadFocus = row.contains(document.activeElement);
  row.remove();
  const fresh = put(answer.card ?? "");
  if (hadFocus) focusOn(fresh);
}

/** @param {Element} row @param {string} words */
function markGone(row, words) {
  if (row.classList.contains("queue-row--gone")) return;
  row.classList.add("queue-row--gone");
  row.querySelector("[data-form]")?.remove();
  setHeld(row, words);
}

/** @param {Element} row @param {string} words */
function setHeld(row, words) {
  const held = find("[data-held]", row);
  setText(held, words);
  show(held, Boolean(words));
}

/** @param {Element} row @param {string} words */
function setError(row, words) {
  const error = find("[data-error]", row);
  setText(error, words);
  show(error, Boolean(words));
}

// Decisions -------------------------------------------------------------------------------------------------------

/** @param {HTMLFormElement} form @param {HTMLElement|null} button */
async function decide(form, button) {
  const card = /** @type {HTMLElement} */ (form.closest("[data-item]"));
  const row = /** @type {HTMLElement} */ (card.closest("[data-row]"));
  const url = button?.getAttribute("formaction");
  if (!url || card.getAttribute("aria-busy") === "true") return;
  card.setAttribute("aria-busy", "true");
  setError(row, "");
  const { ok, answer } = await send(url, new FormData(form));
  card.removeAttribute("aria-busy");
  if (ok) settled(card, answer);
  else if (answer.card) readAgain(row, answer);
  else if (answer.gone) markGone(row, answer.said);
  else setError(row, answer.said);
}

/** @param {HTMLElement} card @param {string} key @returns {boolean} whether the card knows the key */
function decideByKey(card, key) {
  if (!/^[A-Z]$/.test(key)) return false;
  const button = card.querySelector(`[data-key="${key}"]`);
  if (button instanceof HTMLButtonElement) {
    button.form?.requestSubmit(button);
    return true;
  }
  const reply = card.querySelector(`[data-reply="${key}"]`);
  if (!(reply instanceof HTMLDetailsElement)) return false;
  reply.open = true;
  find("textarea", reply).focus();
  return true;
}

// Undo ------------------------------------------------------------------------------------------------------------

/** @param {string} name @param {number} seconds */
function remember(name, seconds) {
  const one = { name, timer: 0 };
  one.timer = window.setTimeout(() => over(one), seconds * 1000 + AFTER_MS);
  decided.push(one);
}

/** Its time is over: now it takes effect. @param {Decided} one */
function over(one) {
  forget(one);
  send(root.dataset.settle ?? "", body());
}

/** @param {Decided} one */
function forget(one) {
  clearTimeout(one.timer);
  decided.splice(decided.indexOf(one), 1);
  show(find("[data-undo]", toast), decided.length > 0);
  if (!decided.length) show(toast, false);
}

/** @param {string} words */
function tellOf(words) {
  setText(find("[data-toast-text]", toast), words);
  show(find("[data-undo]", toast), decided.length > 0);
  show(toast, true);
  say(words);
  if (!decided.length) window.setTimeout(() => decided.length || show(toast, false), 10000);
}

async function undo() {
  const one = decided.at(-1);
  if (!one) return;
  forget(one);
  const { ok, answer } = await send(`${root.dataset.base}${one.name}/fortryd/`, body());
  if (ok && answer.card) focusOn(put(answer.card));
  tellOf(answer.said);
}

// What the others do ----------------------------------------------------------------------------------------------

async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  /** @type {Record<string, string>} */
  let waiting;
  try {
    const response = await fetch(root.dataset.now ?? "", { headers: { Accept: "application/json" }, redirect: "error" });
    if (!response.ok) return;
    waiting = (await response.json()).waiting;
  } catch {
    return; // the next look comes
  }
  for (const row of rows.children) {
    const held = waiting[nameOf(row)];
    if (held === undefined) markGone(row, root.dataset.taken ?? "");
    else if (!row.classList.contains("queue-row--gone")) setHeld(row, held);
  }
  const fresh = Object.keys(waiting).filter((name) => !known.has(name));
  if (!knowsAll) for (const name of fresh) known.add(name);
  else if (fresh.length) showFresh();
  knowsAll = true;
}

function showFresh() {
  const line = find("[data-fresh]", root);
  if (!line.hidden) return;
  find("a", line).textContent = root.dataset.new ?? "";
  show(line, true);
  say(root.dataset.new ?? "");
}

// Start -----------------------------------------------------------------------------------------------------------

hideWhatScriptsDo(root);
let blind = false;
rows.addEventListener("pointerdown", (event) => (blind = isBlind(event, moves)));
rows.addEventListener("click", (event) => {
  if (blind && event.detail > 0) event.preventDefault(); // what stood there a moment ago was meant
});
rows.addEventListener("submit", (event) => {
  event.preventDefault();
  decide(/** @type {HTMLFormElement} */ (event.target), event.submitter);
});
rows.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.key !== "Escape" || !target.matches("textarea, select")) return;
  const card = target.closest("[data-item]");
  if (card instanceof HTMLElement) card.focus(); // back to where the keys work
});
find("[data-undo]", toast).addEventListener("click", undo);
followFocus(rows, async (card, letGo) => {
  const row = card.closest("[data-row]");
  const form = card.querySelector("form");
  if (!row || !form) return;
  const { ok, answer } = await send(form.action, body(letGo ? { let_go: "1" } : {}));
  if (letGo || !row.isConnected) return;
  if (answer.gone) markGone(row, answer.said);
  else setHeld(row, ok ? "" : answer.said);
});
installKeys(root, {
  decide: decideByKey,
  step,
  undo,
  open: (card) => /** @type {HTMLElement|null} */ (card.querySelector("[data-open]"))?.click(),
});
if (!knowsAll) lookAgain();
window.setInterval(lookAgain, LOOK_AGAIN_MS);

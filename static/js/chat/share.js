// @ts-check
/** A service handed on: a few letters, Enter to look at the card, and then to all or into a whisper (C3). */
import { find, make, setText, show } from "./dom.js";
import { drawService } from "./help.js";

/** @typedef {import("./page.js").Room} Room */

const SEARCH_AFTER_MS = 150;

/**
 * @param {Room} room
 * @param {ReturnType<typeof import("./toast.js").createToast>} toast
 */
export function createShare(room, toast) {
  const { phrase } = room;
  const dialog = find("[data-share-dialog]");
  const box = find("[data-share-search]", dialog);
  const results = find("[data-share-results]", dialog);
  const preview = find("[data-share-preview]", dialog);
  const toAll = find("[data-share-all]", preview);
  const toOne = find("[data-share-one]", preview);
  /** @type {string|null} */
  let member = null;
  /** @type {any[]} */
  let found = [];
  /** @type {any} */
  let chosen = null;
  /** Answers may overtake one another. */
  let turn = 0;
  /** @type {number|undefined} */
  let timer;

  /** @param {string|null} to whom one has in hand or whispers to: a card goes to them unless one says otherwise */
  function open(to) {
    member = to;
    chosen = null;
    box.value = "";
    show(preview, false);
    show(toOne, to !== null);
    if (to) setText(toOne, phrase("share_one", { name: room.nameOf(to) }));
    toOne.className = to ? "button" : "button button--quiet";
    toAll.className = to ? "button button--quiet" : "button";
    dialog.showModal();
    box.focus();
    look();
  }

  async function look() {
    const mine = (turn += 1);
    const url = `${dialog.dataset.services}?q=${encodeURIComponent(box.value.trim())}`;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { services } = await answer.json();
      if (mine !== turn) return;
      found = services;
      render();
    } catch {
      if (mine === turn) setText(find("[data-share-none]", dialog), phrase("share_failed"));
    }
  }

  /** @param {any} service @returns {string} */
  function openWords(service) {
    if (service.open === null) return phrase("share_unknown");
    return phrase(service.open ? "share_open" : "share_closed");
  }

  /** @param {any} service @returns {string} */
  function checkedWords({ checked_on }) {
    return checked_on ? phrase("share_checked", { day: room.formats.date(checked_on) }) : phrase("share_unchecked");
  }

  function render() {
    setText(find("[data-share-none]", dialog), found.length ? "" : phrase("share_none"));
    results.replaceChildren(
      ...found.map((service) => {
        const button = make(
          "button",
          { class: "share__found", type: "button" },
          make("strong", {}, service.name),
          make("span", {}, openWords(service)),
        );
        button.addEventListener("click", () => choose(service));
        return make("li", {}, button);
      }),
    );
  }

  /** @param {any} service */
  function choose(service) {
    chosen = service;
    const card = drawService(service);
    for (const link of card.querySelectorAll("a")) link.tabIndex = -1;
    find("[data-share-card]", preview).replaceChildren(card);
    setText(find("[data-share-facts]", preview), `${openWords(service)} ${checkedWords(service)}`);
    show(find("[data-share-closed]", preview), service.open === false);
    show(preview, true);
    (member ? toOne : toAll).focus();
  }

  /** @param {string|null} to */
  async function send(to) {
    if (!chosen) return;
    const words = find("[data-share-words]", preview);
    const text = words.value.trim();
    const fields = { service: chosen.id, ...(to && { member: to }), ...(text && { text }) };
    const { name: title } = chosen;
    dialog.close();
    words.value = "";
    const answer = await room.ask("referral.share", fields);
    const done = to ? phrase("shared_one", { title, name: room.nameOf(to) }) : phrase("shared_all", { title });
    toast.say(answer.type === "refused" ? answer.text : done);
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    show(preview, false);
    timer = setTimeout(look, SEARCH_AFTER_MS);
  });
  // Enter takes the first of what the letters found, also while the answer is on its way.
  box.addEventListener("keydown", async (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowDown") results.querySelector("button")?.focus();
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    clearTimeout(timer);
    await look();
    if (found.length) choose(found[0]);
  });
  toAll.addEventListener("click", () => send(null));
  toOne.addEventListener("click", () => send(member));
  find("[data-share-close]", dialog).addEventListener("click", () => dialog.close());

  return { open };
}

// @ts-check
/** Help that was offered: it stands first, before the log and before any word about what was written. */
import { find, isSafeLink, make, setText, show } from "./dom.js";

/** @typedef {import("./store.js").Help} Help */

/**
 * @param {object} options
 * @param {HTMLElement} options.box
 * @param {{load: () => any, save: (value: any) => void}} options.storage which offer was put aside
 * @param {{urgent: (text: string) => void}} options.announcer
 * @param {() => void} options.toComposer
 */
export function createHelp({ box, storage, announcer, toComposer }) {
  let shown = 0;

  find("[data-help-close]", box).addEventListener("click", () => {
    storage.save(shown);
    show(box, false);
    toComposer();
  });

  return {
    /** @param {Help[]} offers the latest is shown, until it is put aside */
    render(offers) {
      const latest = offers.at(-1);
      if (!latest || latest.seq <= shown) return;
      shown = latest.seq;
      if (latest.seq <= (storage.load() ?? 0)) return;
      setText(find("[data-help-text]", box), latest.text);
      find("[data-help-cards]", box).replaceChildren(...latest.services.map(drawService));
      show(box, true);
      box.scrollTop = 0;
      const danger = find("[data-help-112]", box).textContent;
      announcer.urgent(`${find("h2", box).textContent} ${latest.text} ${danger}`);
    },
  };
}

/**
 * @param {any} service
 * @param {string} [facts] whether it is open, and when that was checked
 * @returns {HTMLElement}
 */
export function drawService(service, facts = "") {
  const ways = service.channels.map(drawWay);
  const name = make("span", { class: "service__name" }, make("strong", {}, service.name));
  if (facts) name.append(make("span", { class: "service__facts" }, facts));
  return make("li", { class: "service" }, name, make("span", { class: "service__ways" }, ...ways));
}

/**
 * What a card says besides name and ways. Nothing is said of hours nobody knows.
 * @param {any} service
 * @param {import("./dom.js").Phrase} phrase
 * @param {import("./dom.js").Clockwork} formats
 * @returns {string}
 */
export function factsOf({ open, checked_on: checked }, phrase, formats) {
  const words = open === null ? [] : [phrase(open ? "service_open" : "service_closed")];
  if (checked) words.push(phrase("service_checked", { day: formats.date(checked) }));
  return words.join(" · ");
}

/** A page of somebody else's opens beside the room, so that nobody is thrown out of it. @param {any} channel @returns {HTMLElement} */
function drawWay({ href, label }) {
  if (!href || !isSafeLink(href)) return make("span", { class: "way" }, label);
  const outside = /^https?:/i.test(href) && { target: "_blank", rel: "noreferrer noopener" };
  return make("a", { class: "way button", href, ...outside }, label);
}

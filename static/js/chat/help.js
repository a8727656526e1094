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

/** @param {any} service @returns {HTMLElement} */
function drawService(service) {
  const ways = service.channels.map(drawWay);
  const links = make("span", { class: "service__ways" }, ...ways);
  return make("li", { class: "service" }, make("strong", {}, service.name), links);
}

/** A page of somebody else's opens beside the room, so that nobody is thrown out of it. @param {any} channel @returns {HTMLElement} */
function drawWay({ href, label }) {
  if (!href || !isSafeLink(href)) return make("span", { class: "way" }, label);
  const outside = /^https?:/i.test(href) && { target: "_blank", rel: "noreferrer noopener" };
  return make("a", { class: "way button", href, ...outside }, label);
}

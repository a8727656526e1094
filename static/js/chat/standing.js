// @ts-check
/** The list of people as the counsellors see it: each can be taken in hand, and shows how they stand. Those who left, too. */
import { find, make, setText, show } from "./dom.js";
import { standingOf } from "./store.js";
import { isMuted, muteWords } from "./tools.js";

/** @typedef {import("./page.js").Room} Room */

/** @param {Room} room */
export function createStanding(room) {
  const { phrase } = room;
  const list = find("[data-people]", room.root);
  const gone = find("[data-gone]", room.root);
  const away = find("[data-gone-list]", gone);
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();

  /** @param {HTMLElement} row @param {string} member */
  function fill(row, member) {
    const standing = standingOf(room.state(), member);
    const words = [
      standing.protected && phrase("is_protected"),
      standing.warned && phrase("is_warned"),
      isMuted(standing) && muteWords(room, standing),
      standing.kicked && phrase("is_out"),
    ].filter(Boolean);
    const marks = row.querySelector("[data-marks]") ?? row.appendChild(make("p", { class: "marks", "data-marks": "" }));
    setText(/** @type {HTMLElement} */ (marks), words.join(" · "));
    row.tabIndex = 0;
  }

  /** @param {string} member @returns {HTMLElement} */
  function rowOf(member) {
    const row = rows.get(member) ?? make("li", { class: "person" }, make("strong", {}, room.nameOf(member)));
    row.dataset.member = member;
    rows.set(member, row);
    fill(row, member);
    return row;
  }

  return {
    render() {
      const { members } = room.state();
      for (const row of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[data-member]"))) {
        const { member = "" } = row.dataset;
        if (members[member]?.role === "young") fill(row, member);
      }
      const left = Object.values(members).filter((one) => one.role === "young" && !one.present);
      const wanted = left.sort((one, other) => one.alias.localeCompare(other.alias)).map((one) => rowOf(one.id));
      for (const row of [...away.children]) if (!wanted.includes(/** @type {HTMLElement} */ (row))) row.remove();
      wanted.forEach((row, index) => {
        if (away.children[index] !== row) away.insertBefore(row, away.children[index] ?? null);
      });
      show(gone, left.length > 0);
      setText(find("[data-gone-count]", gone), String(left.length));
    },
  };
}

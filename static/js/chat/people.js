// @ts-check
/** Faces and the list of who is here. */
import { find, make, setText, stamp } from "./dom.js";
import { presentMembers } from "./store.js";

/** @typedef {import("./store.js").Member} Member */
/** @typedef {{name: string, role: string, about: string, face: string}} Card */

const SVG = "http://www.w3.org/2000/svg";
const COLOURS = 4;

/**
 * FNV-1a: the same id always gives the same shape, and the id is random, so the shape tells nothing of who came when.
 * @param {string} id
 * @returns {number}
 */
function hashOf(id) {
  let hash = 0x811c9dc5;
  for (const sign of id) hash = Math.imul(hash ^ /** @type {number} */ (sign.codePointAt(0)), 0x01000193) >>> 0;
  return hash;
}

/**
 * A soft flower with three to eight petals, in one of four colours, with a smaller or larger heart.
 * @param {string} id
 * @returns {SVGElement}
 */
export function drawShape(id) {
  const hash = hashOf(id);
  const petals = 3 + (hash % 6);
  const depth = 0.1 + ((hash >>> 4) % 5) * 0.035;
  const turn = ((hash >>> 8) % 12) * (Math.PI / 6);
  const points = [];
  for (let step = 0; step < 72; step += 1) {
    const angle = (step / 72) * 2 * Math.PI;
    const radius = (20 * (1 + depth * Math.cos(petals * angle + turn))) / (1 + depth);
    points.push(`${(20 + radius * Math.cos(angle)).toFixed(1)} ${(20 + radius * Math.sin(angle)).toFixed(1)}`);
  }
  const shape = document.createElementNS(SVG, "svg");
  shape.setAttribute("viewBox", "0 0 40 40");
  shape.setAttribute("class", `shape shape--${1 + ((hash >>> 12) % COLOURS)}`);
  shape.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M${points.join("L")}Z`);
  const heart = document.createElementNS(SVG, "circle");
  heart.setAttribute("cx", "20");
  heart.setAttribute("cy", "20");
  heart.setAttribute("r", String(((hash >>> 16) % 4) * 2.5));
  shape.append(path, heart);
  return shape;
}

/**
 * The counsellors' cards stand on the page from the start; the room's events only name them.
 * @param {HTMLElement} list
 */
function readCards(list) {
  /** @type {Map<string, Card & {row: HTMLElement}>} */
  const cards = new Map();
  for (const person of list.querySelectorAll("[data-card]")) {
    const name = find("[data-name]", person).textContent.trim();
    cards.set(name, {
      name,
      role: find("[data-role]", person).textContent.trim(),
      about: find("[data-about]", person).textContent.trim(),
      face: find("[data-face] img", person).getAttribute("src"),
      row: /** @type {HTMLElement} */ (person),
    });
  }
  return cards;
}

/**
 * @param {object} options
 * @param {HTMLElement} options.list filled by the server with the counsellors' cards
 * @param {HTMLTemplateElement} options.template
 * @param {import("./dom.js").Phrase} options.phrase
 */
export function createPeople({ list, template, phrase }) {
  const cards = readCards(list);
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();

  /** @param {Member} member */
  function cardOf(member) {
    return member.role === "counsellor" ? cards.get(member.alias) : undefined;
  }

  /** @param {Member} member @returns {Element} */
  function faceOf(member) {
    const card = cardOf(member);
    if (card?.face) return make("img", { src: card.face, alt: "", width: 40, height: 40 });
    return drawShape(member.id);
  }

  /** The word that tells what someone is; nothing for the young. @param {Member|undefined} member */
  function wordOf(member) {
    return member && member.role !== "young" ? phrase(`role_${member.role}`) : "";
  }

  /** @param {Member} member @param {string} meId */
  function draw(member, meId) {
    const row = stamp(template);
    row.dataset.member = member.id;
    const card = cardOf(member);
    row.classList.toggle("person--counsellor", member.role === "counsellor");
    find("[data-face]", row).replaceChildren(faceOf(member));
    find("[data-name]", row).textContent = member.alias;
    find("[data-word]", row).textContent = member.id === meId ? phrase("you") : wordOf(member);
    find("[data-role]", row).textContent = card?.role ?? "";
    find("[data-about]", row).textContent = card?.about ?? "";
    return row;
  }

  return {
    faceOf,
    wordOf,

    /** Counsellors first, those who have not come yet too: their card stands there with the word that they are away. @param {import("./store.js").State} state */
    render(state) {
      const meId = state.me?.id ?? "";
      const here = presentMembers(state);
      const staff = Object.values(state.members).filter((one) => one.role === "counsellor");
      const ordered = [
        ...here.filter((one) => one.role === "counsellor"),
        ...staff.filter((one) => !one.present),
        ...here.filter((one) => one.role !== "counsellor"),
      ].map((member) => rowOf(member, meId));
      const expected = [...cards.values()].filter((card) => !staff.some((one) => one.alias === card.name));
      ordered.splice(staff.length, 0, ...expected.map((card) => mark(card.row, false)));
      // Who left goes first: a row that stays is not taken out and put back, for it would lose the focus.
      for (const row of [...list.children]) if (!ordered.includes(/** @type {HTMLElement} */ (row))) row.remove();
      ordered.forEach((row, index) => {
        if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
      });
    },
  };

  /** @param {Member} member @param {string} meId */
  function rowOf(member, meId) {
    const row = rows.get(member.id) ?? draw(member, meId);
    rows.set(member.id, row);
    return mark(row, Boolean(member.present));
  }

  /** @param {HTMLElement} row @param {boolean} isHere */
  function mark(row, isHere) {
    row.classList.toggle("person--away", !isHere);
    setText(find("[data-presence]", row), isHere ? "" : phrase("person_away"));
    return row;
  }
}

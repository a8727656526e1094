// @ts-check
/**
 * Whom the counsellor has in hand: one member, and perhaps one message of theirs, by their ids. What happens afterwards
 * happens to these, however the log runs on. While somebody aims, the log stands still; a click on a place where rows have
 * only just moved hits nothing.
 */
import { find } from "./dom.js";
import { isBlind, watchMoves } from "./steady.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {{member: string, message: string|null}} Picked */

/** So long after the last movement of the mouse somebody is still aiming. */
const REST_MS = 4000;
const INSIDE = "button, a, summary, input, select, textarea, label";

/**
 * @param {Room} room
 * @param {(picked: Picked|null) => void} onChange
 * @param {(words: string) => void} say
 */
export function createSelection(room, onChange, say) {
  const section = find("[data-log]", room.root);
  /** @type {Picked|null} */
  let picked = null;
  let byPointer = false;
  /** The finger came down where rows had only just moved. */
  let missed = false;
  const lists = ["[data-people]", "[data-gone-list]"].map((name) => find(name, room.root));
  const moves = lists.map(watchMoves);
  let aims = false;
  /** @type {number|undefined} */
  let timer;

  function hold() {
    room.log.hold(aims || Boolean(picked?.message));
  }

  /** @param {boolean} now */
  function aim(now) {
    aims = now;
    clearTimeout(timer);
    if (now) timer = setTimeout(() => aim(false), REST_MS);
    hold();
  }

  /** @param {EventTarget|null} target @returns {Picked|null} */
  function at(target) {
    const row = target instanceof Element ? /** @type {HTMLElement|null} */ (target.closest("[data-member]")) : null;
    const member = row?.dataset.member;
    if (!row || !member || room.state().members[member]?.role !== "young") return null;
    return { member, message: row.dataset.message ?? null };
  }

  /** @param {Picked|null} next */
  function pick(next) {
    if (picked?.member === next?.member && picked?.message === next?.message) return;
    picked = next;
    mark();
    if (picked) hold();
    else aim(false); // done with: the log runs on
    onChange(picked);
  }

  function mark() {
    for (const row of room.root.querySelectorAll(".picked")) {
      row.classList.remove("picked");
      row.removeAttribute("aria-current");
    }
    if (!picked) return;
    const { member, message } = picked;
    const which = message ? `[data-message="${CSS.escape(message)}"]` : `[data-member="${CSS.escape(member)}"]`;
    for (const row of room.root.querySelectorAll(message ? which : `${which}:not([data-message])`)) {
      row.classList.add("picked");
      row.setAttribute("aria-current", "true");
    }
  }

  section.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "mouse") aim(true);
  });
  section.addEventListener("pointerleave", (/** @type {PointerEvent} */ event) => {
    if (event.pointerType === "mouse") aim(false); // a finger leaves with every tap
  });
  room.root.addEventListener(
    "pointerdown",
    (event) => {
      byPointer = true;
      const list = lists.findIndex((one) => event.target instanceof Node && one.contains(event.target));
      missed = isBlind(event, moves[list] ?? room.log);
      if (event.target instanceof Node && section.contains(event.target)) aim(true);
    },
    { capture: true },
  );
  for (const end of ["pointercancel", "keydown"]) {
    room.root.addEventListener(end, () => (byPointer = false), { capture: true });
  }

  room.root.addEventListener("click", (event) => {
    byPointer = false;
    const target = /** @type {Element} */ (event.target);
    const next = at(target);
    if (!next || target.closest(INSIDE) || event.detail > 1 || getSelection()?.isCollapsed === false) return;
    if (missed) return say(room.phrase("it_moved"));
    pick(next);
  });

  // By keyboard what has the focus is what one works with; writing to somebody lets go of it.
  room.root.addEventListener("focusin", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.matches("textarea") && !target.closest("[data-tools]")) return pick(null);
    const next = target.matches("[data-member]") ? at(target) : null;
    if (next && !byPointer) pick(next);
  });

  return {
    get picked() {
      return picked;
    },
    pick,
    /** Rows that were drawn anew are marked as well. */
    mark,
    drop: () => pick(null),
  };
}

// @ts-check
/** "Hide this person for me": in this tab alone, told to nobody, and undone with a tap. */

/** @typedef {import("./page.js").Room} Room */

export function createHiding() {
  /** @type {Set<string>} */
  let hidden = new Set();
  /** @type {{save: (value: any) => void}|undefined} */
  let memory;

  /** @param {Room} room @param {string} member @param {boolean} isToHide */
  function turn(room, member, isToHide) {
    if (isToHide) hidden.add(member);
    else hidden.delete(member);
    memory?.save([...hidden]);
    room.log.redraw();
  }

  return {
    /** @param {string} member */
    isHidden: (member) => hidden.has(member),

    /** @param {{load: () => any, save: (value: any) => void}} place */
    keepIn(place) {
      memory = place;
      hidden = new Set(place.load() ?? []);
    },

    /** Counsellors cannot be hidden: what they say may be about safety. @param {Room} room @param {import("./store.js").MessageRow} row */
    actions(room, row) {
      const state = room.state();
      if (row.member === state.me?.id || state.members[row.member]?.role === "counsellor") return [];
      const isHidden = hidden.has(row.member);
      const label = room.phrase(isHidden ? "unhide" : "hide", { name: room.nameOf(row.member) });
      return [{ label, run: () => turn(room, row.member, !isHidden) }];
    },
  };
}

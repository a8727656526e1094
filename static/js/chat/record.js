// @ts-check
/** What the counsellors of one evening tell each other: notes, and who did what to whom. */
import { find, make, setText, show } from "./dom.js";

/** @typedef {import("./page.js").Room} Room */

/** @param {Room} room @param {(words: string) => void} say */
export function createRecord(room, say) {
  const { phrase, formats } = room;
  const notes = find("[data-notes]", room.root);
  const steps = find("[data-steps]", room.root);
  const form = find("[data-note-form]", room.root);
  const box = find("textarea", form);
  let read = 0;
  /** What was written here: other notes in one's own name are the server's answer to a step. @type {Set<string>} */
  const written = new Set();

  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return box.focus();
    written.add(text);
    const answer = await room.ask("desk.note", { text });
    if (answer.type === "refused") return say(answer.text);
    if (box.value.trim() === text) box.value = "";
  });
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  /** @param {HTMLElement} list @param {{seq: number}[]} rows @param {(row: any) => HTMLElement} draw */
  function append(list, rows, draw) {
    if (list.childElementCount > rows.length) list.replaceChildren();
    for (const row of rows.slice(list.childElementCount)) list.append(draw(row));
  }

  /** @param {import("./store.js").DeskNote} note */
  function drawNote({ from, text, at }) {
    const head = make("p", { class: "soft small" }, `${room.nameOf(from)} ${formats.time(at)}`);
    return make("li", { class: "note" }, head, make("p", {}, text));
  }

  /** @param {import("./store.js").Sanction} step */
  function drawStep({ type, member, by, reason, until, ground, at }) {
    const name = room.nameOf(member);
    const who = by ? room.nameOf(by) : phrase("by_itself");
    const words = phrase(`step_${type.replace("member.", "")}`, { who, name });
    const more = [
      ground && phrase(`ground_${ground}`),
      until && phrase("step_until", { time: `${formats.day(until)} ${formats.time(until)}` }),
      reason && `»${reason}«`,
    ];
    const said = more.filter(Boolean).join(" · ");
    return make("li", { class: "note" }, make("p", { class: "soft small" }, formats.time(at)), make("p", {}, words), said ? make("p", { class: "soft" }, said) : "");
  }

  return {
    /** @param {any[]} taken @param {boolean} live */
    render(taken, live) {
      const { side, me } = room.state();
      append(notes, side.notes, drawNote);
      append(steps, side.sanctions, drawStep);
      show(find("[data-notes-empty]", room.root), side.notes.length === 0);
      show(find("[data-steps-empty]", room.root), side.sanctions.length === 0);
      if (notes.checkVisibility() && !document.hidden) read = side.notes.length;
      const unread = side.notes.slice(read).filter((note) => note.from !== me?.id).length;
      const badge = find("[data-notes-count]", room.root);
      show(badge, unread > 0);
      setText(badge, String(unread));
      for (const event of taken) {
        if (!live || event.type !== "desk.noted") continue;
        if (event.from === me?.id) {
          if (!written.has(event.text)) say(event.text);
          continue;
        }
        room.announcer.urgent(phrase("note_said", { name: room.nameOf(event.from), text: event.text }));
      }
    },
  };
}

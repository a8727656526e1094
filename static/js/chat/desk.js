// @ts-check
/** The counsellors' own column: acute alerts and held texts. */
import { find, make, setText, show, stamp } from "./dom.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").Alert} Alert */
/** @typedef {import("./store.js").Held} Held */

/**
 * @param {HTMLElement} panel
 * @param {HTMLTemplateElement} template
 */
export function createDesk(panel, template) {
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();
  const list = find("[data-desk-list]", panel);
  const told = new Set();

  /**
   * @param {Room} room
   * @param {string} key
   * @param {{kind: string, title: string, at: string, member: string, text: string, note: string}} card
   */
  function put(room, key, { kind, title, at, member, text, note }) {
    const element = cards.get(key) ?? stamp(template);
    element.dataset.kind = kind;
    setText(find("[data-alert-title]", element), title);
    setText(find("[data-alert-who]", element), room.nameOf(member));
    setText(find("[data-alert-text]", element), text);
    setText(find("[data-alert-note]", element), note);
    const time = find("[data-alert-time]", element);
    time.dateTime = at;
    setText(time, room.formats.time(at));
    if (!cards.has(key)) list.prepend(element);
    cards.set(key, element);
  }

  /** @param {Room} room @param {Alert} alert */
  function putAlert(room, alert) {
    const { phrase } = room;
    const isAcute = alert.level === "acute";
    const untaken = phrase(isAcute ? "alert_acute_note" : "alert_note");
    put(room, alert.alert, {
      kind: alert.level || alert.kind,
      title: phrase(isAcute ? "alert_acute" : "alert"),
      at: alert.at,
      member: alert.member,
      text: alert.excerpt ?? phrase("removed"),
      note: alert.by ? phrase("alert_taken", { name: room.nameOf(alert.by) }) : untaken,
    });
  }

  /** @param {Room} room @param {Held} held */
  function putHeld(room, held) {
    const { phrase } = room;
    put(room, held.id, {
      kind: "held",
      title: phrase("held_title"),
      at: held.at,
      member: held.member,
      text: held.text ?? phrase("removed"),
      note: phrase("held_note"),
    });
  }

  return {
    /**
     * @param {Room} room
     * @param {boolean} live whether what is new came just now, and not in the first replay
     */
    render(room, live) {
      const { alerts, held } = room.state().side;
      const open = alerts.filter((alert) => !alert.closed);
      const alerted = new Set(alerts.map((alert) => alert.id));
      const waiting = held.filter((one) => !one.end && !alerted.has(one.id));
      const keys = new Set([...open.map((alert) => alert.alert), ...waiting.map((one) => one.id)]);
      for (const [key, element] of cards) {
        if (keys.has(key)) continue;
        element.remove();
        cards.delete(key);
      }
      for (const one of waiting) putHeld(room, one);
      for (const alert of open) putAlert(room, alert);
      this.tell(room, open, live);
      show(find("[data-desk-empty]", panel), keys.size === 0);
      show(find("[data-desk-some]", panel), keys.size > 0);
      for (const count of room.root.querySelectorAll("[data-desk-count]")) {
        show(/** @type {HTMLElement} */ (count), keys.size > 0);
        setText(/** @type {HTMLElement} */ (count), String(keys.size));
      }
      document.title = keys.size ? `(${keys.size}) Samrum` : "Samrum";
    },

    /** @param {Room} room @param {Alert[]} open @param {boolean} live */
    tell(room, open, live) {
      for (const alert of open) {
        if (told.has(alert.alert)) continue;
        told.add(alert.alert);
        const said = { name: room.nameOf(alert.member), text: alert.excerpt ?? "" };
        if (live) room.announcer.urgent(room.phrase("alert_said", said));
      }
    },
  };
}

/**
 * A removal by a counsellor says why: one tap each, or words of one's own.
 * @param {Room} room
 * @param {import("./store.js").MessageRow} row
 * @returns {import("./log.js").Action[]}
 */
export function removalActions(room, row) {
  const state = room.state();
  if (row.member === state.me?.id || state.room.state === "closed") return [];
  /** @param {string} reason */
  const remove = async (reason) => {
    const answer = await room.ask("message.remove", { id: row.id, reason });
    if (answer.type === "refused") room.tell(answer.text, true);
  };
  const preset = ["tone", "private", "topic"].map((name) => ({
    label: room.phrase("remove_because", { reason: room.phrase(`reason_${name}`) }),
    run: () => remove(room.phrase(`reason_${name}`)),
  }));
  return [...preset, { label: room.phrase("remove_other"), run: () => askReason(room, remove) }];
}

/** @param {Room} room @param {(reason: string) => void} then */
function askReason(room, then) {
  const dialog = find("[data-reason-dialog]");
  const form = find("form", dialog);
  const box = find("input", form);
  box.value = "";
  find("[data-reason-cancel]", form).onclick = () => dialog.close();
  form.onsubmit = () => {
    if (box.value.trim()) then(box.value.trim());
    room.log.focus();
  };
  dialog.showModal();
}

// @ts-check
/** What waits for a counsellor: alerts, held messages, somebody at the door. The most urgent stands first. */
import { find, make, setText, show, stamp } from "./dom.js";
import { ownSetting } from "./keys.js";
import { isBlind, watchMoves } from "./steady.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").Alert} Alert */
/** @typedef {import("./store.js").Held} Held */
/** @typedef {import("./store.js").Knock} Knock */
/** @typedef {{key: string, kind: string, rank: number, at: string, title: string, member: string|null, message: string|null, text: string, note: string, by: string|null, actions: [string, string, (fields?: object) => void][]}} Card */

/** An acute message that nobody has taken for so long becomes louder. */
const LOUD_AFTER_MS = 60 * 1000;
const LOOK_AGAIN_MS = 5000;
const STILL_MS = 4000;
const RANK = { acute: 0, knock: 2, concern: 3, report: 4, identity: 5, flood: 6, wish_to_talk: 7, held: 8 };
/** What somebody has taken stands behind what nobody has. */
const TAKEN = 20;

/**
 * @param {Room} room
 * @param {HTMLElement} panel
 * @param {{whisper: (member: string) => void, pick: (picked: import("./selection.js").Picked) => void, say: (words: string) => void}} ways
 */
export function createDesk(room, panel, { whisper, pick, say }) {
  const { phrase } = room;
  const list = find("[data-desk-list]", panel);
  const template = find("#alert-template");
  const sound = createSound(find("[data-sound]", panel));
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();
  /** alert → since when this page knows of it */
  const since = new Map();
  const loud = new Set();
  let touchedAt = 0;

  /** @param {string} type @param {object} fields */
  async function ask(type, fields) {
    const answer = await room.ask(type, fields);
    if (answer.type === "refused") say(answer.text);
  }

  // What waits -------------------------------------------------------------------------------------------------

  /** @param {Alert} alert @param {Held|undefined} held the message that was held with it @returns {Card} */
  function cardOfAlert(alert, held) {
    const name = alert.level || alert.kind;
    const isAcute = alert.level === "acute";
    const open = isAcute ? phrase("alert_acute_note") : phrase(`alert_note_${alert.kind}`);
    const mine = alert.by === room.state().me?.id;
    return {
      key: alert.alert,
      kind: name,
      rank: (RANK[/** @type {keyof typeof RANK} */ (name)] ?? 9) + (alert.by ? TAKEN : 0),
      at: alert.at,
      title: phrase(`alert_${name}`),
      member: alert.member,
      message: alert.id,
      text: alert.excerpt ?? (alert.id ? phrase("removed") : ""),
      note: [alert.reason && phrase("alert_reason", { reason: alert.reason }), open].filter(Boolean).join(" "),
      by: alert.by && (mine ? phrase("alert_mine") : phrase("alert_taken", { name: room.nameOf(alert.by) })),
      actions: [
        ...(mine ? [] : [claimOf(alert)]),
        ["whisper", phrase("do_whisper"), () => whisper(alert.member)],
        ...(held ? heldActions(held) : []),
        ["close", phrase("do_close"), () => ask("alert.close", { alert: alert.alert })],
      ],
    };
  }

  /** @param {Alert} alert @returns {[string, string, () => void]} */
  function claimOf(alert) {
    return ["claim", phrase(alert.by ? "do_take_over" : "do_claim"), () => ask("alert.claim", { alert: alert.alert })];
  }

  /** @param {Held} held @returns {[string, string, (fields?: any) => void][]} */
  function heldActions(held) {
    return [
      ["release", phrase("do_release"), () => ask("message.release", { id: held.id })],
      ["discard", phrase("do_discard"), (fields) => ask("message.discard", { id: held.id, ...fields })],
    ];
  }

  /** @param {Held} held @returns {Card} */
  function cardOfHeld(held) {
    return {
      ...{ key: held.id, kind: "held", rank: RANK.held, at: held.at, member: held.member, message: null, by: null },
      title: phrase("held_title"),
      text: held.text ?? phrase("removed"),
      note: phrase(`held_${held.why}`),
      actions: [...heldActions(held), ["whisper", phrase("do_whisper"), () => whisper(held.member)]],
    };
  }

  /** @param {Knock} knock @returns {Card} */
  function cardOfKnock({ knock, at }) {
    return {
      ...{ key: knock, kind: "knock", rank: RANK.knock, at, member: null, message: null, text: "", by: null },
      title: phrase("knock_title"),
      note: phrase("knock_note"),
      actions: [
        ["let_in", phrase("do_let_in"), () => ask("door.answer", { knock, let_in: true })],
        ["not_now", phrase("do_not_now"), () => ask("door.answer", { knock, let_in: false })],
      ],
    };
  }

  /** @returns {Card[]} */
  function waiting() {
    const { alerts, held, knocks } = room.state().side;
    const open = alerts.filter((alert) => !alert.closed);
    const waits = new Map(held.filter((one) => !one.end).map((one) => [one.id, one]));
    const found = open.map((alert) => cardOfAlert(alert, waits.get(alert.id ?? "")));
    for (const alert of open) waits.delete(alert.id ?? "");
    found.push(...[...waits.values()].map(cardOfHeld));
    found.push(...knocks.filter((one) => one.letIn === null).map(cardOfKnock));
    return found.sort((one, other) => one.rank - other.rank || one.at.localeCompare(other.at));
  }

  // The cards --------------------------------------------------------------------------------------------------

  /** @param {Card} card */
  function put(card) {
    const element = cards.get(card.key) ?? stamp(template);
    cards.set(card.key, element);
    element.dataset.kind = card.kind;
    element.dataset.card = card.key;
    element.toggleAttribute("data-taken", card.by !== null);
    setText(find("[data-alert-title]", element), card.title);
    setText(find("[data-alert-text]", element), card.text);
    show(find("[data-alert-text]", element), Boolean(card.text));
    setText(find("[data-alert-note]", element), card.note);
    setText(find("[data-alert-by]", element), card.by ?? "");
    const who = find("[data-alert-who]", element);
    show(who, card.member !== null);
    if (card.member) {
      const { member, message } = card;
      setText(find("b", who), room.nameOf(member));
      who.onclick = () => pick({ member, message });
    }
    const time = find("[data-alert-time]", element);
    time.dateTime = card.at;
    setText(time, room.formats.time(card.at));
    putActions(find("[data-alert-actions]", element), card);
    return element;
  }

  /** @param {HTMLElement} box @param {Card} card */
  function putActions(box, { actions }) {
    const names = actions.map(([name]) => name).join(" ");
    if (box.dataset.names === names) return;
    const had = box.contains(document.activeElement);
    box.dataset.names = names;
    box.replaceChildren(
      ...actions.map(([name, label, run], index) =>
        name === "discard" ? drawDiscard(label, run) : drawAction(name, label, run, index === 0),
      ),
    );
    if (had) box.querySelector("button")?.focus();
  }

  /** @param {string} name @param {string} label @param {() => void} run @param {boolean} isMain @returns {HTMLElement} */
  function drawAction(name, label, run, isMain) {
    const button = make("button", { class: isMain ? "button" : "button button--quiet", type: "button" }, label);
    button.dataset.do = name;
    button.addEventListener("click", run);
    return button;
  }

  /** Refused with a reason that its writer reads: the first tap opens them. @param {string} label @param {(fields: object) => void} run */
  function drawDiscard(label, run) {
    const more = make("summary", { class: "button button--quiet" }, label);
    more.dataset.do = "discard";
    const reasons = ["contact", "tone", "private", "topic"].map((name) => {
      const reason = phrase(`reason_${name}`);
      const button = make("button", { class: "button button--quiet", type: "button" }, reason);
      button.addEventListener("click", () => run({ reason }));
      return button;
    });
    return make("details", { class: "alert__discard" }, more, ...reasons);
  }

  /** Nothing moves under a hand: new cards stand last until it is gone. @param {Card[]} wanted */
  function order(wanted) {
    const isStill = Date.now() - touchedAt < STILL_MS || list.contains(document.activeElement);
    const elements = wanted.map(put);
    for (const [key, element] of cards) {
      if (wanted.some((card) => card.key === key)) continue;
      element.remove();
      cards.delete(key);
    }
    if (isStill) return list.append(...elements.filter((element) => !element.isConnected));
    elements.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    });
  }

  for (const kind of ["pointermove", "pointerdown"]) list.addEventListener(kind, () => (touchedAt = Date.now()));

  // A card above may go at any moment, and another one stands under the finger then.
  const moves = watchMoves(list);
  let missed = false;
  list.addEventListener("pointerdown", (/** @type {Event} */ event) => (missed = isBlind(event, moves)), { capture: true });
  list.addEventListener("keydown", () => (missed = false), { capture: true });
  list.addEventListener(
    "click",
    (/** @type {Event} */ event) => {
      if (!missed) return;
      event.stopPropagation();
      event.preventDefault();
      say(phrase("it_moved"));
    },
    { capture: true },
  );

  function render() {
    const wanted = waiting();
    order(wanted);
    const count = wanted.filter((card) => card.by === null).length;
    show(find("[data-desk-empty]", panel), wanted.length === 0);
    show(find("[data-desk-some]", panel), wanted.length > 0);
    for (const badge of /** @type {NodeListOf<HTMLElement>} */ (room.root.querySelectorAll("[data-desk-count]"))) {
      show(badge, count > 0);
      setText(badge, String(count));
    }
    const unread = Number(room.root.dataset.unread ?? 0);
    document.title = count + unread ? `(${count + unread}) Samrum` : "Samrum";
    const isAcute = wanted.some((card) => card.kind === "acute" && card.by === null);
    room.root.toggleAttribute("data-acute", isAcute);
  }

  // The voice --------------------------------------------------------------------------------------------------

  /** @param {any[]} taken @param {boolean} live whether they came just now, and not in a replay */
  function tell(taken, live) {
    for (const event of taken) {
      if (event.type === "alert.raised") heard(event, live);
      if (event.type === "door.knocked" && live) room.announcer.urgent(phrase("knock_title"));
    }
  }

  /** @param {any} alert @param {boolean} live */
  function heard(alert, live) {
    since.set(alert.alert, live ? Date.now() : Date.parse(alert.at));
    if (!live) return;
    const name = room.nameOf(alert.member);
    if (alert.level === "acute") {
      room.announcer.urgent(phrase("alert_said", { name, text: alert.excerpt ?? "" }));
      sound.play();
    } else room.announcer.urgent(`${phrase(`alert_${alert.level || alert.kind}`)}: ${name}`);
  }

  function raise() {
    if (!room.state().entered) return;
    for (const alert of room.state().side.alerts) {
      const element = cards.get(alert.alert);
      const isLoud =
        alert.level === "acute" && !alert.by && !alert.closed && Date.now() - (since.get(alert.alert) ?? 0) >= LOUD_AFTER_MS;
      element?.toggleAttribute("data-loud", isLoud);
      if (element) show(find("[data-alert-loud]", element), isLoud);
      if (!isLoud || loud.has(alert.alert)) continue;
      loud.add(alert.alert);
      room.announcer.urgent(phrase("alert_still", { name: room.nameOf(alert.member) }));
      sound.play();
    }
  }
  setInterval(() => {
    raise();
    if (room.state().entered) order(waiting());
  }, LOOK_AGAIN_MS);

  return {
    /** @param {any[]} taken @param {boolean} live */
    render(taken, live) {
      render();
      tell(taken, live);
      raise();
    },
  };
}

/** Silent unless somebody switched it on in this browser. @param {HTMLInputElement} choice */
function createSound(choice) {
  const setting = ownSetting("samrum.sound");
  choice.checked = setting.load() === "on";
  choice.addEventListener("change", () => setting.save(choice.checked ? "on" : "off"));
  return {
    play() {
      if (!choice.checked) return;
      const context = new AudioContext();
      const tone = context.createOscillator();
      const volume = context.createGain();
      volume.gain.value = 0.15;
      tone.frequency.value = 660;
      tone.connect(volume).connect(context.destination);
      tone.start();
      tone.stop(context.currentTime + 0.4);
      tone.onended = () => context.close();
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
  if (state.members[row.member]?.role === "counsellor" || state.room.state === "closed") return [];
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

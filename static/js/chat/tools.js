// @ts-check
/**
 * The counsellor's tools for whoever is in hand. They stand in one place, whatever happens in the log, and offer what the
 * ladder allows; the server decides.
 */
import { find, setText, show } from "./dom.js";
import { createReason } from "./reason.js";
import { createSteps } from "./steps.js";
import { standingOf } from "./store.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./selection.js").Picked} Picked */

const UNTIL_LIFTED_YEAR = "9999";
const EXCERPT = 120;

/**
 * @typedef {object} Ways what the tools lead to
 * @property {(member: string) => void} whisper
 * @property {(member: string) => void} refer
 * @property {() => void} toWriting
 * @property {() => void} letGo
 */

/**
 * @param {Room} room
 * @param {ReturnType<typeof import("./toast.js").createToast>} toast
 * @param {Ways} ways
 */
export function createTools(room, toast, ways) {
  const { phrase } = room;
  const bar = find("[data-tools]", room.root);
  const reason = createReason(find("[data-tools-why]", bar));
  const minutes = find("[data-tools-minutes]", bar);
  /** @type {Picked|null} */
  let picked = null;

  /**
   * Ask, and say what came of it. The target is whoever was in hand when the tool was used.
   * @param {string} type
   * @param {object} fields
   * @param {string} done
   * @param {{label: string, run: () => void}} [back]
   */
  async function act(type, fields, done, back) {
    const answer = await room.ask(type, fields);
    if (answer.type === "accepted") toast.say(done, back);
    else refused(answer);
    return answer.type === "accepted";
  }

  /** @param {any} answer */
  function refused(answer) {
    const missing = (answer.missing ?? []).map((/** @type {string} */ step) => phrase(`missing_${step}`));
    const words = answer.code === "ladder" && missing.length ? missing.join(" ") : answer.text;
    toast.say(words);
  }

  const steps = createSteps(room, find("[data-tools-step]", bar), { act, reason, refused, onOpen: toast.hide });

  /** @type {Record<string, (picked: Picked, name: string) => void>} */
  const tools = {
    whisper: ({ member }) => ways.whisper(member),
    refer: ({ member }) => ways.refer(member),
    warn: ({ member }, name) => act("member.warn", { member, reason: reason.words() }, phrase("did_warn", { name })),
    mute: ({ member }, name) => mute(member, name),
    unmute: ({ member }, name) => act("member.unmute", { member }, phrase("did_unmute", { name })),
    protect: ({ member }, name) => protect(member, name),
    unprotect: ({ member }, name) => act("member.unprotect", { member }, phrase("did_unprotect", { name })),
    remove: ({ message }) => remove(message),
    kick: ({ member }, name) => kick(member, name),
    ban: ({ member }, name) => ban(member, name),
  };

  /** @param {string} member @param {string} name */
  function mute(member, name) {
    const count = Number(minutes.value);
    const done = count ? phrase("did_mute", { name, count }) : phrase("did_mute_open", { name });
    const back = { label: phrase("undo"), run: () => tools.unmute({ member, message: null }, name) };
    act("member.mute", { member, reason: reason.words(), ...(count && { minutes: count }) }, done, back);
  }

  /** @param {string} member @param {string} name */
  function protect(member, name) {
    const back = { label: phrase("undo"), run: () => tools.unprotect({ member, message: null }, name) };
    act("member.protect", { member, reason: phrase("reason_protect") }, phrase("did_protect", { name }), back);
  }

  /** @param {string|null} id */
  function remove(id) {
    const row = id && messageOf(id);
    if (!row || row.removed) return toast.say(phrase("nothing_to_remove"));
    act("message.remove", { id, reason: reason.words() }, phrase("did_remove"));
  }

  /** @param {string} member @param {string} name */
  function kick(member, name) {
    const standing = standingOf(room.state(), member);
    if (standing.kicked) return toast.say(phrase("is_kicked", { name }));
    if (!standing.warned) return toast.say(phrase("missing_warning"));
    steps.kick(member, name);
  }

  /** @param {string} member @param {string} name */
  function ban(member, name) {
    const standing = standingOf(room.state(), member);
    if (!standing.kicked) return toast.say(phrase(standing.warned ? "missing_kick" : "missing_warning"));
    steps.ban(member, name);
  }

  /** @param {string} id @returns {import("./store.js").MessageRow|undefined} */
  function messageOf(id) {
    const row = room.state().log.find((one) => one.kind === "message" && one.id === id);
    return /** @type {import("./store.js").MessageRow|undefined} */ (row);
  }

  /** @param {string} name of a tool; without anybody in hand nothing happens */
  function use(name) {
    if (!picked || steps.isOpen) return;
    tools[name](picked, room.nameOf(picked.member));
  }

  for (const button of bar.querySelectorAll("[data-tool]")) {
    button.addEventListener("click", () => use(/** @type {HTMLElement} */ (button).dataset.tool ?? ""));
  }
  find("[data-tools-close]", bar).addEventListener("click", ways.letGo);

  /** @param {import("./store.js").Standing} standing @returns {string} */
  function standingWords(standing) {
    const words = [];
    if (standing.protected) words.push(phrase("is_protected"));
    if (standing.warned) words.push(phrase("is_warned"));
    if (isMuted(standing)) words.push(muteWords(room, standing));
    if (standing.kicked) words.push(phrase("is_out"));
    return words.join(" · ");
  }

  function render() {
    show(bar, Boolean(picked));
    if (!picked) return;
    const { member, message } = picked;
    const standing = standingOf(room.state(), member);
    const row = message ? messageOf(message) : undefined;
    setText(find("[data-tools-who]", bar), room.nameOf(member));
    setText(find("[data-tools-standing]", bar), standingWords(standing));
    setText(find("[data-tools-said]", bar), row ? excerpt(row.text ?? phrase("removed")) : "");
    show(find("[data-tool='unmute']", bar), isMuted(standing) && !standing.kicked);
    show(find("[data-tool='unprotect']", bar), standing.protected && !standing.kicked);
    show(find("[data-tool='remove']", bar), message !== null);
    show(find("[data-tool='kick']", bar), standing.warned && !standing.kicked);
    show(find("[data-tool='ban']", bar), standing.kicked);
    const later = standing.warned || standing.kicked ? "" : phrase("kick_later");
    setText(find("[data-tools-later]", bar), later);
    const duty = bar.querySelector("[data-duty]");
    if (duty) duty.href = bar.dataset.duty.replace("-member-", encodeURIComponent(member));
    const closed = room.state().room?.state === "closed";
    for (const part of bar.querySelectorAll("[data-open-only]")) show(part, !closed);
  }

  return {
    /** @param {Picked|null} next */
    turnTo(next) {
      if (picked?.member !== next?.member) {
        minutes.value = "5";
        reason.reset();
      }
      picked = next;
      steps.close();
      render();
    },
    use,
    render,
    /** @returns {boolean} whether there was a step to leave */
    back() {
      if (!steps.isOpen) return false;
      steps.close();
      return true;
    },
    refused,
  };
}

/** @param {string} text @returns {string} */
function excerpt(text) {
  const points = [...text.replace(/\s+/g, " ")];
  return points.length > EXCERPT ? `${points.slice(0, EXCERPT).join("")} …` : points.join("");
}

/** @param {import("./store.js").Standing} standing @returns {boolean} */
export function isMuted(standing) {
  return standing.muted_until !== null && Date.parse(standing.muted_until) > Date.now();
}

/** @param {Room} room @param {import("./store.js").Standing} standing @returns {string} */
export function muteWords(room, standing) {
  const until = standing.muted_until ?? "";
  if (until.startsWith(UNTIL_LIFTED_YEAR)) return room.phrase("is_muted");
  return room.phrase("is_muted_until", { time: room.formats.time(until) });
}

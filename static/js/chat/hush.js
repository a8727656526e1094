// @ts-check
/** The whisper line of a young person: a place of its own, with its own draft, that reaches the counsellors alone. */
import { createComposer } from "./composer.js";
import { find, make, setText, show } from "./dom.js";
import { drawService, factsOf } from "./help.js";
import { whisperOf } from "./outbox.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").Whisper} Whisper */

const NAME = "whisper";

/**
 * @param {Room} room
 * @param {HTMLElement} panel
 */
export function createHush(room, panel) {
  const { phrase, formats, root } = room;
  const list = find("ol", panel);
  const section = find("[data-hush-log]", panel);
  const seen = room.memoryOf("whisper.seen");
  let drawn = "";

  const composer = createComposer({
    form: find("form", panel),
    phrase,
    limit: () => room.state().limits.text,
    storage: room.memoryOf("draft.whisper"),
    onSend: (text) => outbox.post(text),
  });
  const outbox = room.addOutbox({
    commandOf: whisperOf,
    storage: room.memoryOf("outbox.whisper"),
    mayWrite: () => true,
    onChange: () => room.state().entered && render(),
    onRefused(/** @type {any} */ entry, /** @type {any} */ refusal) {
      const why = refusal.text || phrase("page_too_old");
      queueMicrotask(() => room.announcer.urgent(why));
      if (!composer.giveBack(entry.text)) return false;
      composer.explain(why, entry.text);
      return true;
    },
  });

  function isOpen() {
    return root.dataset.panel === NAME;
  }

  /** @param {Whisper} line @returns {boolean} whether a counsellor said it */
  function isTheirs(line) {
    return line.from !== room.state().me?.id;
  }

  /** @param {string} who @param {string} at @param {string} text @param {boolean} own */
  function drawLine(who, at, text, own) {
    const head = make("p", { class: "hush__who" }, make("strong", {}, who), ` ${at && formats.time(at)}`);
    const row = make("li", { class: `hush__line${own ? " hush__line--own" : ""}` }, head);
    if (text) row.append(make("p", { class: "message__text" }, text));
    return row;
  }

  /** @param {Whisper} line */
  function drawWhisper(line) {
    const row = drawLine(isTheirs(line) ? room.nameOf(line.from) : phrase("you"), line.at, line.text, !isTheirs(line));
    if (line.service) {
      row.append(make("ul", { class: "plain" }, drawService(line.service, factsOf(line.service, phrase, formats))));
    }
    return row;
  }

  /** @param {import("./outbox.js").Entry} entry */
  function drawUnderWay(entry) {
    const row = drawLine(phrase("you"), "", entry.text, true);
    row.classList.add("hush__line--pending");
    row.append(make("p", { class: "hush__status" }, entry.status === "failed" ? `${phrase("failed")} ${entry.reason}` : entry.reason || phrase("sending")));
    if (entry.status !== "failed") return row;
    const again = make("button", { class: "button button--quiet", type: "button" }, phrase("retry"));
    again.addEventListener("click", () => outbox.retry(entry.ref));
    const back = make("button", { class: "button button--quiet", type: "button" }, phrase("edit"));
    back.addEventListener("click", () => {
      if (composer.giveBack(entry.text)) outbox.drop(entry.ref);
      composer.focus();
    });
    row.append(make("p", { class: "cluster" }, again, back));
    return row;
  }

  /** A warning is said in the whisper line, and stays to be read. @param {import("./store.js").Sanction} one */
  function drawWarning({ by, at, reason }) {
    return drawLine(by ? room.nameOf(by) : phrase("warned_title"), at, reason, false);
  }

  function render() {
    const { whispers, sanctions } = room.state().side;
    const entries = outbox.entries.filter((one) => !whispers.some((line) => line.id === one.id));
    const warnings = sanctions.filter((one) => one.type === "member.warned");
    const key = `${whispers.length} ${warnings.length} ${entries.map((one) => one.ref + one.status + one.reason)}`;
    if (key !== drawn) {
      drawn = key;
      const said = [
        ...whispers.map((line) => ({ seq: line.seq, row: drawWhisper(line) })),
        ...warnings.map((one) => ({ seq: one.seq, row: drawWarning(one) })),
      ].sort((one, other) => one.seq - other.seq);
      list.replaceChildren(...said.map(({ row }) => row), ...entries.map(drawUnderWay));
      show(find("[data-hush-empty]", panel), list.childElementCount === 0);
      section.scrollTop = section.scrollHeight;
    }
    renderUnread();
  }

  /** How many lines of the counsellors' have come while the place was shut. */
  function renderUnread() {
    const theirs = room.state().side.whispers.filter(isTheirs);
    if (isOpen() && !document.hidden && theirs.length) seen.save(theirs.at(-1)?.seq);
    const unread = theirs.filter((line) => line.seq > (seen.load() ?? 0)).length;
    for (const badge of root.querySelectorAll("[data-hush-count]")) {
      show(/** @type {HTMLElement} */ (badge), unread > 0);
      setText(/** @type {HTMLElement} */ (badge), phrase("hush_new", { count: unread }));
    }
  }

  /** @param {any} event */
  function announce(event) {
    const name = room.nameOf(event.from);
    const text = [event.text, event.service?.name].filter(Boolean).join(" ");
    room.announcer.urgent(phrase("hush_said", { name, text }));
  }

  new MutationObserver(() => {
    if (!isOpen()) return;
    composer.focus();
    section.scrollTop = section.scrollHeight;
    renderUnread();
  }).observe(root, { attributeFilter: ["data-panel"] });
  document.addEventListener("visibilitychange", renderUnread);

  return {
    /** @param {any[]} taken @param {boolean} live */
    render(taken, live) {
      for (const event of taken) {
        if (event.stream !== "private" || !(event.type === "whisper.sent" || event.type === "referral.shared")) continue;
        if (event.from === room.state().me?.id) outbox.seen(event);
        else if (live) announce(event);
      }
      render();
    },
  };
}

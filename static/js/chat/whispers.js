// @ts-check
/**
 * Whispering, from the counsellors' side: one thread for each young person, all counsellors of the evening in it. While one
 * is open the page writes to that person and to nobody else; only a button or Escape leads back to writing to all.
 */
import { lengthOf } from "./composer.js";
import { find, make, setText, show } from "./dom.js";
import { drawService, factsOf } from "./help.js";
import { tabStorage } from "./tab.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("./store.js").Whisper} Whisper */
/** @typedef {{member: string, lines: Whisper[], unread: number, answeredBy: string|null}} Thread */

/**
 * @param {State} state
 * @param {Record<string, number>} seen member → the last number that was read here
 * @returns {Thread[]} those that wait for an answer first, then the latest
 */
export function threadsOf(state, seen) {
  /** @type {Map<string, Whisper[]>} */
  const lines = new Map();
  for (const line of state.side.whispers) {
    const member = line.to ?? line.from;
    lines.set(member, [...(lines.get(member) ?? []), line]);
  }
  const threads = [...lines].map(([member, said]) => ({
    member,
    lines: said,
    unread: said.filter((line) => line.from === member && line.seq > (seen[member] ?? 0)).length,
    answeredBy: said.findLast((line) => line.from !== member)?.from ?? null,
  }));
  const last = (/** @type {Thread} */ thread) => thread.lines.at(-1)?.seq ?? 0;
  return threads.sort((one, other) => Number(waits(other)) - Number(waits(one)) || last(other) - last(one));
}

/** @param {Thread} thread @returns {boolean} whether the young person has the last word */
export function waits(thread) {
  return thread.lines.at(-1)?.from === thread.member;
}

/**
 * @param {Room} room
 * @param {{refer: (member: string) => void, onOpen: () => void, toWriting: () => void}} ways
 */
export function createWhispers(room, { refer, onOpen, toWriting }) {
  const { phrase, root } = room;
  const panel = find("[data-whisper]", root);
  const box = find("textarea", panel);
  const lines = find("[data-whisper-lines]", panel);
  const note = find("[data-whisper-note]", panel);
  const publicForm = find("[data-composer]", root);
  const list = find("[data-threads]", root);
  const memory = tabStorage(`samrum.whispers.${root.dataset.room}`);
  /** @type {{drafts: Record<string, string>, seen: Record<string, number>}} */
  const kept = { drafts: {}, seen: {}, ...memory.load() };
  /** @type {string|null} whom everything that is written here goes to */
  let to = null;
  /** @type {{member: string, text: string}[]} on their way */
  let underWay = [];
  let drawn = "";

  function keep() {
    if (to) kept.drafts[to] = box.value;
    memory.save(kept);
  }

  /** @param {string} member */
  function open(member) {
    if (to === member) return box.focus();
    if (to) keep();
    to = member;
    const name = room.nameOf(member);
    root.dataset.whispering = "";
    publicForm.inert = true;
    setText(find("[data-whisper-label]", panel), phrase("whisper_label", { name }));
    box.value = kept.drafts[member] ?? "";
    setText(note, "");
    show(panel, true);
    fit();
    render();
    onOpen();
    box.focus();
  }

  /** Back to writing to all; the draft stays with its recipient. */
  function close() {
    if (!to) return;
    keep();
    to = null;
    delete root.dataset.whispering;
    publicForm.inert = false;
    show(panel, false);
    render();
    toWriting();
  }

  function fit() {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  }

  async function submit() {
    const member = to;
    const text = box.value.normalize("NFC").trim();
    const left = room.state().limits.text - lengthOf(text);
    if (!member || !text) return box.focus();
    if (left < 0) return setText(note, phrase("too_many", { count: -left }));
    box.value = "";
    const sent = { member, text };
    underWay.push(sent);
    keep();
    fit();
    render();
    const answer = await room.ask("whisper.send", { member, text });
    underWay = underWay.filter((one) => one !== sent);
    if (answer.type === "refused") giveBack(sent, answer.text);
    render();
  }

  /** @param {{member: string, text: string}} sent @param {string} why */
  function giveBack({ member, text }, why) {
    if (member === to && !box.value) box.value = text;
    else kept.drafts[member] = [kept.drafts[member], text].filter(Boolean).join("\n");
    keep();
    fit();
    setText(note, why);
    room.announcer.urgent(why);
  }

  find("form", panel).addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    submit();
  });
  const touch = matchMedia("(hover: none) and (pointer: coarse)");
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.key !== "Enter" || touch.matches) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    fit();
    setText(note, "");
    keep();
  });
  find("[data-whisper-close]", panel).addEventListener("click", close);
  find("[data-whisper-refer]", panel).addEventListener("click", () => to && refer(to));
  addEventListener("pagehide", keep);
  document.addEventListener("samrum:exit", () => memory.forget());

  // What the page shows ----------------------------------------------------------------------------------------

  /** @param {Whisper} line @returns {HTMLElement} */
  function drawLine(line) {
    const own = line.from === room.state().me?.id;
    const isTheirs = line.to === null;
    const who = own ? phrase("you") : room.nameOf(line.from);
    const head = make("p", { class: "whisper__who" }, make("strong", {}, who), ` ${room.formats.time(line.at)}`);
    const row = make("li", { class: `whisper__line${isTheirs ? " whisper__line--theirs" : ""}` }, head);
    if (line.text) row.append(make("p", { class: "whisper__text" }, line.text));
    if (line.service) row.append(make("ul", { class: "plain" }, drawService(line.service, factsOf(line.service, phrase, room.formats))));
    return row;
  }

  /** @param {Thread|undefined} thread */
  function renderLines(thread) {
    const waiting = underWay.filter((one) => one.member === to);
    const key = `${to} ${thread?.lines.length ?? 0} ${waiting.length}`;
    if (key === drawn) return;
    drawn = key;
    const pending = waiting.map((one) =>
      make("li", { class: "whisper__line whisper__line--pending" }, make("p", { class: "whisper__text" }, one.text)),
    );
    lines.replaceChildren(...(thread?.lines ?? []).map(drawLine), ...pending);
    show(lines, lines.childElementCount > 0);
    lines.scrollTop = lines.scrollHeight;
  }

  /** @param {Thread} thread @returns {HTMLElement} */
  function drawThread({ member, lines: said, unread, answeredBy }) {
    const name = room.nameOf(member);
    const last = said.at(-1);
    const state = answeredBy
      ? phrase("thread_answered", { name: room.nameOf(answeredBy) })
      : phrase("thread_unanswered");
    const button = make(
      "button",
      { class: "thread__open", type: "button" },
      make("strong", {}, name),
      make("span", { class: "thread__last" }, last?.text || last?.service?.name || ""),
      make("span", { class: "thread__state" }, state),
    );
    if (unread) button.append(make("b", { class: "badge" }, phrase("unread", { count: unread })));
    button.dataset.thread = member;
    button.addEventListener("click", () => open(member));
    return make("li", { class: `thread${answeredBy ? "" : " thread--waits"}` }, button);
  }

  /** @param {Thread[]} threads */
  function renderThreads(threads) {
    const key = JSON.stringify(threads.map((one) => [one.member, one.lines.length, one.unread, one.answeredBy]));
    show(find("[data-threads-empty]", root), threads.length === 0);
    if (list.dataset.drawn === key) return;
    list.dataset.drawn = key;
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.thread;
    list.replaceChildren(...threads.map(drawThread));
    if (focused) list.querySelector(`[data-thread="${CSS.escape(focused)}"]`)?.focus();
  }

  function render() {
    const state = room.state();
    if (to && !document.hidden) markRead(state, to);
    const threads = threadsOf(state, kept.seen);
    renderLines(threads.find((one) => one.member === to));
    renderThreads(threads);
    const unread = threads.reduce((sum, one) => sum + one.unread, 0);
    for (const count of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-whisper-count]"))) {
      show(count, unread > 0);
      setText(count, String(unread));
    }
    root.dataset.unread = String(unread);
  }

  /** @param {State} state @param {string} member */
  function markRead(state, member) {
    const last = state.side.whispers.findLast((line) => (line.to ?? line.from) === member);
    if (!last || last.seq <= (kept.seen[member] ?? 0)) return;
    kept.seen[member] = last.seq;
    memory.save(kept);
  }

  document.addEventListener("visibilitychange", () => room.state().entered && render());

  return {
    open,
    close,
    render,
    get to() {
      return to;
    },
    focus: () => box.focus(),

    /** @param {any[]} taken what came just now */
    announce(taken) {
      for (const event of taken) {
        if (event.type !== "whisper.sent" || event.to) continue;
        room.announcer.urgent(phrase("whisper_said", { name: room.nameOf(event.from), text: event.text }));
      }
    },
  };
}

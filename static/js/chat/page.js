// @ts-check
/** One room on one page: the parts wired together. The young person's page and the counsellor's both begin here. */
import { createAnnouncer } from "./announcer.js";
import { createComposer } from "./composer.js";
import { createFormats, createPhrase, find, setText, show } from "./dom.js";
import { createHelp } from "./help.js";
import { createLog } from "./log.js";
import { createOutbox, createRequests, messageOf } from "./outbox.js";
import { createPeople } from "./people.js";
import { createSign } from "./sign.js";
import { createLine } from "./socket.js";
import { canSend, emptyState, isCaughtUp, mayWrite, receive } from "./store.js";
import { followKeyboard, installListening, installPanels, tabStorage } from "./tab.js";

/** @typedef {import("./store.js").State} State */
/** @typedef {import("./store.js").MessageRow} MessageRow */
/** @typedef {import("./outbox.js").Entry} Entry */
/** @typedef {import("./log.js").Action} Action */

const BANNER_AFTER_MS = 3000;
const TYPING_SHOWN_MS = 6000;
const TICK_MS = 20000;

/** Refusals after which the text may go out later as it is: it goes back to its writer with the reason. */
const GIVEN_BACK = new Set([
  ...["no_counsellor", "not_open", "muted", "identifying", "closed"],
  ...["too_long", "bad_command", "unknown", "forbidden"],
]);

/** Refusals that a change of the room's state, or of one's own, takes back. */
const GONE_WHEN_WRITABLE = new Set(["no_counsellor", "not_open", "muted"]);

/**
 * @typedef {object} Room what a page built on this one can use
 * @property {HTMLElement} root
 * @property {import("./dom.js").Phrase} phrase
 * @property {import("./dom.js").Clockwork} formats
 * @property {() => State} state
 * @property {(type: string, fields?: object) => Promise<any>} ask
 * @property {(command: object) => boolean} send
 * @property {(text: string, urgent?: boolean) => void} tell
 * @property {ReturnType<typeof createAnnouncer>} announcer
 * @property {ReturnType<typeof createLog>} log
 * @property {ReturnType<typeof createComposer>} composer
 * @property {(member: string) => string} nameOf
 * @property {(change: (state: State) => State) => void} apply what no event tells: a vote of one's own
 * @property {(name: string) => ReturnType<typeof tabStorage>} memoryOf a place in this tab, emptied by leaving
 * @property {(options: any) => ReturnType<typeof createOutbox>} addOutbox one more row of texts beside the room's own
 */

/**
 * @param {object} [options]
 * @param {boolean} [options.mayPoll]
 * @param {(room: Room, row: MessageRow) => Action[]} [options.moreActions] beside those that everybody has
 * @param {(member: string) => boolean} [options.isHidden] whose messages this reader does not want to see
 * @param {(room: Room, taken: any[], caughtUp: boolean) => void} [options.onChange]
 * @param {(status: import("./socket.js").LineStatus) => void} [options.onStatus]
 * @returns {Room}
 */
export function startRoom({
  mayPoll = true,
  moreActions = () => [],
  isHidden = () => false,
  onChange = () => {},
  onStatus = () => {},
} = {}) {
  const root = find("[data-room]");
  const boot = JSON.parse(find("#boot").textContent);
  const phrase = createPhrase(boot.strings);
  const formats = createFormats(document.documentElement.lang, root.dataset.timeZone);
  const slug = root.dataset.room;
  const isStaff = root.dataset.staff !== undefined;
  /** @type {ReturnType<typeof tabStorage>[]} */
  const memories = [];
  const listening = tabStorage("samrum.listening");

  let state = emptyState(boot.polls);
  let caughtUp = false;
  let bannerShown = false;
  /** After a banner until what was missed has come. */
  let missesSome = false;
  /** @type {number|undefined} */
  let bannerTimer;
  /** Whether the explanation above the composer is about a room where one cannot write. */
  let waitsToWrite = false;
  /** @type {Map<string, number>} */
  const typing = new Map();

  const announcer = createAnnouncer({
    polite: find("[data-polite]"),
    assertive: find("[data-assertive]"),
    countOf: (count) => phrase("new_messages", { count }),
    listening: () => listening.load() ?? "all",
  });

  const line = createLine({
    wsPath: boot.ws_path,
    logUrl: boot.log_url,
    sayUrl: boot.say_url,
    csrfToken: boot.csrf_token,
    mayPoll,
    position: () => state.seq,
    onEvents: take,
    onStatus: lineTurned,
  });

  const requests = createRequests(line.send);
  /** @type {ReturnType<typeof createOutbox>[]} */
  const outboxes = [];
  const outbox = addOutbox({
    commandOf: messageOf,
    storage: memoryOf("outbox"),
    mayWrite: () => mayWrite(state),
    onChange: () => state.entered && render(),
    onRefused: refused,
    held: boot.held,
  });

  const helpBox = root.querySelector("[data-help]");
  /** Where the reader writes: the place that is open over the chat, or the room's own. */
  const toComposer = () => {
    const box = root.querySelector(`[data-panel-name="${root.dataset.panel}"] textarea`);
    if (box) box.focus();
    else composer.focus();
  };
  const help = helpBox && createHelp({ box: helpBox, storage: memoryOf("help"), announcer, toComposer });
  const sign = createSign({ root, phrase, formats });
  const people = createPeople({ list: find("[data-people]"), template: find("#person-template"), phrase });
  const composer = createComposer({
    form: find("[data-composer]"),
    phrase,
    limit: () => state.limits.text,
    storage: memoryOf("draft"),
    onSend(text, replyTo, ask) {
      log.dropUnreadLine();
      outbox.post(text, { replyTo, ask });
      log.toBottom();
    },
    onType: () => line.status === "live" && line.send({ type: "member.type" }),
  });
  const log = createLog({
    section: find("[data-log]"),
    list: find("[data-log] ol"),
    pill: find("[data-pill]"),
    template: find("#message-template"),
    phrase,
    formats,
    people,
    actionsFor,
    entryActions,
    isHidden,
    toComposer,
  });

  /** @type {Room} */
  const room = {
    root,
    phrase,
    formats,
    state: () => state,
    ask: requests.ask,
    send: line.send,
    tell,
    announcer,
    log,
    composer,
    nameOf: (member) => state.members[member]?.alias ?? phrase("someone"),
    apply(change) {
      state = change(state);
      render();
      onChange(room, [], caughtUp);
    },
    memoryOf,
    addOutbox,
  };

  /** @param {string} name */
  function memoryOf(name) {
    const memory = tabStorage(`samrum.${name}.${slug}`);
    memories.push(memory);
    return memory;
  }

  /** @param {any} options */
  function addOutbox(options) {
    const common = { send: line.send, laterWords: phrase("sent_later"), onSilence: () => line.restart() };
    const made = createOutbox({ ...common, ...options });
    outboxes.push(made);
    return made;
  }

  // What comes in ----------------------------------------------------------------------------------------------

  /** @param {any[]} events @param {import("./store.js").Position} asked */
  function take(events, asked) {
    const wasCaughtUp = caughtUp;
    const result = receive(state, events, asked);
    state = result.state;
    caughtUp = isCaughtUp(state);
    for (const event of result.taken) handle(event, wasCaughtUp);
    if (caughtUp && !wasCaughtUp) sign.remember(state.room);
    const over = outbox.ended(state.side.ends);
    for (const event of result.taken) if (wasCaughtUp && !isStaff) tellEnd(event, over);
    outbox.pump();
    render();
    onChange(room, result.taken, wasCaughtUp);
    if (result.gap) line.restart();
  }

  /** @param {any} event @param {boolean} live */
  function handle(event, live) {
    if (event.type === "accepted" || event.type === "refused") {
      if (!outboxes.some((one) => one.answered(event))) requests.answered(event);
    } else if (event.type === "message.posted") {
      typing.delete(event.member);
      if (event.member === state.me?.id) outbox.seen(event);
      else if (live && event.text && !isHidden(event.member)) announce(event);
    } else if (event.type === "referral.shared" && event.stream === "room" && live) {
      announcer.news(phrase("card_said", { name: room.nameOf(event.from), service: event.service.name }));
    } else if (event.type === "member.typing") {
      typing.set(event.member, Date.now());
      setTimeout(renderTyping, TYPING_SHOWN_MS + 50);
    } else if (event.type === "room.changed" && live) {
      for (const words of sign.news(state, event)) announcer.news(words);
    }
  }

  /**
   * A text of the reader's that a counsellor kept back: it is shown now, or it comes back with the reason.
   * @param {any} event
   * @param {Entry[]} over
   */
  function tellEnd(event, over) {
    if (event.type === "message.released") tell(phrase("released"));
    if (event.type !== "message.discarded") return;
    const entry = over.find((one) => one.id === event.id);
    const words = phrase("discarded", { reason: event.reason });
    const isBack = entry && composer.giveBack(entry.text, stillAnswered(entry.replyTo));
    tell(entry && !isBack ? `${words} “${entry.text}”` : words, true);
  }

  /** @param {any} event */
  function announce(event) {
    const counsellor = state.members[event.member]?.role === "counsellor";
    announcer.message({ text: `${room.nameOf(event.member)}: ${event.text}`, counsellor });
  }

  // The line ---------------------------------------------------------------------------------------------------

  /** @param {import("./socket.js").LineStatus} status @param {number} code */
  function lineTurned(status, code) {
    if (status === "live" || status === "polling") {
      clearTimeout(bannerTimer);
      bannerTimer = undefined;
      setBanner("");
      for (const one of outboxes) one.resume();
      requests.resume();
    } else if (status === "ended") {
      ended(code);
    } else {
      if (code === 1009) for (const one of outboxes) one.failSent(phrase("too_big"));
      bannerTimer ??= setTimeout(() => setBanner(phrase(code === 4429 ? "crowded" : "no_line")), BANNER_AFTER_MS);
    }
    onStatus(status);
  }

  /** @param {string} words */
  function setBanner(words) {
    const banner = find("[data-line]");
    bannerShown = Boolean(words);
    if (bannerShown) missesSome = true;
    if (words && banner.hidden) announcer.news(words);
    setText(banner, words);
    show(banner, bannerShown);
    markAway();
  }

  /** @param {number} code a close code after which the page does not come back by itself */
  function ended(code) {
    clearTimeout(bannerTimer);
    setBanner("");
    if ([4401, 4410, 4423, 4451].includes(code)) {
      forget();
      location.replace(boot.after_url); // that page says kindly what happened, and where help is
    } else {
      showEnd(code);
    }
  }

  /** @param {number} code */
  function showEnd(code) {
    const end = find("[data-end]");
    const again = find("[data-end-again]", end);
    setText(find("[data-end-text]", end), phrase(`end_${code}`));
    show(again, code === 4409);
    show(find("[data-end-leave]", end), code !== 4409);
    again.onclick = () => {
      show(end, false);
      line.takeOver();
      composer.focus();
    };
    show(end, true);
    announcer.urgent(phrase(`end_${code}`));
  }

  function forget() {
    for (const memory of memories) memory.forget();
  }

  // What the reader does ---------------------------------------------------------------------------------------

  /** @param {MessageRow} row @returns {Action[]} */
  function actionsFor(row) {
    if (row.removed) return [];
    const own = row.member === state.me?.id;
    const actions = [];
    if (canSend(state)) {
      actions.push({
        label: phrase("reply"),
        run: () => composer.answer(answered(row)),
      });
    }
    if (own && state.room.state !== "closed") {
      actions.push({ label: phrase("remove_mine"), run: () => removeMessage(row.id) });
    }
    return [...actions, ...moreActions(room, row)];
  }

  /** @param {MessageRow} row */
  function answered(row) {
    return { id: row.id, name: room.nameOf(row.member), text: row.text ?? "" };
  }

  /** @param {string|null} id @returns the message that a text answers, as long as it stands there */
  function stillAnswered(id) {
    const row = state.log.find((one) => one.kind === "message" && one.id === id && !one.removed);
    return row ? answered(/** @type {MessageRow} */ (row)) : null;
  }

  /** @param {string} id */
  async function removeMessage(id) {
    const answer = await requests.ask("message.remove", { id });
    if (answer.type === "refused") tell(answer.text, true);
  }

  /** @param {Entry} entry @returns {Action[]} */
  function entryActions(entry) {
    const edit = { label: phrase("edit"), run: () => takeBack(entry) };
    if (entry.status === "waiting" && entry.reason === phrase("sent_later")) return [edit];
    if (entry.status !== "failed") return [];
    return [
      { label: phrase("retry"), run: () => outbox.retry(entry.ref) },
      edit,
      { label: phrase("discard"), run: () => outbox.drop(entry.ref) },
    ];
  }

  /** @param {Entry} entry */
  function takeBack(entry) {
    if (composer.giveBack(entry.text, stillAnswered(entry.replyTo))) outbox.drop(entry.ref);
    else tell(phrase("box_is_full"));
    composer.focus();
  }

  /**
   * @param {Entry} entry
   * @param {any} refusal
   * @returns {boolean}
   */
  function refused(entry, refusal) {
    const why = refusal.text || phrase("page_too_old");
    queueMicrotask(() => announcer.urgent(why)); // help that came with it is said first
    if (!GIVEN_BACK.has(refusal.code) || !composer.giveBack(entry.text, stillAnswered(entry.replyTo))) return false;
    composer.explain(why, entry.text, refusal.spans ?? []);
    waitsToWrite = GONE_WHEN_WRITABLE.has(refusal.code);
    return true;
  }

  /**
   * A sentence to the reader, above the composer.
   * @param {string} text
   * @param {boolean} [urgent]
   */
  function tell(text, urgent = false) {
    waitsToWrite = false;
    composer.explain(text);
    if (urgent) announcer.urgent(text);
    else announcer.news(text);
  }

  // What the page shows ----------------------------------------------------------------------------------------

  function render() {
    if (!state.entered) return;
    root.dataset.state = state.room.state;
    people.render(state);
    log.render(state, outbox.entries, caughtUp);
    if (!caughtUp) return;
    sign.render(state, outbox.entries.length > 0);
    help?.render(state.side.help);
    renderTyping();
    if (waitsToWrite && canSend(state)) {
      waitsToWrite = false;
      composer.hideRefusal();
    }
    composer.setHint(phrase(canSend(state) ? "write_here" : mayWrite(state) ? "write_draft" : "write_later"));
    missesSome = bannerShown;
    markAway();
  }

  function markAway() {
    log.setAway(document.hidden || bannerShown || missesSome);
  }

  function renderTyping() {
    const now = Date.now();
    const names = [...typing]
      .filter(([member, at]) => now - at < TYPING_SHOWN_MS && member !== state.me?.id && state.members[member]?.present)
      .map(([member]) => room.nameOf(member));
    const words = names.length ? phrase("typing", { count: names.length, names: formats.names(names) }) : "";
    setText(find("[data-typing]"), words);
  }

  // The window -------------------------------------------------------------------------------------------------

  document.addEventListener("visibilitychange", markAway);
  document.addEventListener("samrum:exit", () => {
    line.close();
    forget();
  });
  setInterval(() => caughtUp && sign.renderBanner(state), TICK_MS);

  followKeyboard(root);
  installPanels(root);
  installListening(listening);
  for (const part of root.querySelectorAll("[data-plain]")) part.remove();
  line.connect();
  return room;
}

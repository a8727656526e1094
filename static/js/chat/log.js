// @ts-check
/** The room's log on the page: rows, reading by keyboard, scrolling, the line above what is new. */
import { find, make, setText, show, stamp } from "./dom.js";
import { drawService, factsOf } from "./help.js";

/** @typedef {import("./store.js").Row} Row */
/** @typedef {import("./store.js").MessageRow} MessageRow */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("./outbox.js").Entry} Entry */
/** @typedef {{label: string, run: () => void, under?: string}} Action `under`: a heading for it and those that follow */

const AT_BOTTOM_PX = 80;
const ONE_BREATH_MS = 3 * 60 * 1000;

/**
 * @param {object} options
 * @param {HTMLElement} options.section the scrolling `role="log"`
 * @param {HTMLElement} options.list
 * @param {HTMLElement} options.pill the button that leads down to what is new
 * @param {HTMLTemplateElement} options.template
 * @param {import("./dom.js").Phrase} options.phrase
 * @param {import("./dom.js").Clockwork} options.formats
 * @param {{faceOf: (member: any) => Element, wordOf: (member: any) => string}} options.people
 * @param {(row: MessageRow) => Action[]} options.actionsFor
 * @param {(entry: Entry) => Action[]} options.entryActions
 * @param {(member: string) => boolean} options.isHidden
 * @param {() => void} options.toComposer
 */
export function createLog(options) {
  const { section, list, pill, template, phrase, formats, people } = options;
  const { actionsFor, entryActions, isHidden, toComposer } = options;
  /** @type {State} */
  let state;
  /** What stands on the page: rows by reference, so that an unchanged one costs a comparison. @type {{row: Row, element: HTMLElement}[]} */
  let drawn = [];
  /** @type {Map<string, HTMLElement>} */
  const pending = new Map();
  let away = document.hidden;
  /** @type {HTMLElement|null} */
  let unreadLine = null;
  let unseen = 0;
  let stuck = true;
  /** Somebody is aiming at a row: nothing moves. */
  let held = false;
  let wasStuck = true;
  let heldTop = 0;
  /** When rows last moved under the reader's eyes, on the clock of events. */
  let movedAt = 0;
  /** How many there were, and how high all of them. */
  let settledFor = "";
  /** Of the section when it was last scrolled by us. */
  let height = 0;
  /** @type {HTMLElement|null} */
  let openMenu = null;

  // Drawing ----------------------------------------------------------------------------------------------------

  /** @param {HTMLElement} element @param {MessageRow} row */
  function fill(element, row) {
    const member = state.members[row.member];
    const own = row.member === state.me?.id;
    const name = member?.alias ?? phrase("someone");
    const word = own ? phrase("you") : people.wordOf(member);
    const hidden = !row.removed && isHidden(row.member);
    const text = hidden ? phrase("hidden") : (row.text ?? phrase("removed"));
    const reason = state.side.reasons[row.id];
    element.classList.toggle("message--removed", row.removed);
    element.classList.toggle("message--hidden", hidden);
    setText(find("[data-text]", element), reason ? `${text} ${phrase("removed_because", { reason })}` : text);
    fillQuote(element, hidden ? null : row.replyTo);
    element.setAttribute("aria-label", `${word ? `${name}, ${word}` : name}: ${text} ${formats.time(row.at)}`);
    if (row.removed) closeMenu(element);
    show(find("[data-more]", element), actionsFor(row).length > 0);
  }

  /** A reply shows what it answers as that stands now, never a copy. @param {HTMLElement} element @param {string|null} id */
  function fillQuote(element, id) {
    const quote = find("[data-quote]", element);
    show(quote, id !== null);
    if (id === null) return;
    const original = /** @type {MessageRow|undefined} */ (
      state.log.find((row) => row.kind === "message" && row.id === id)
    );
    const text = original ? quotable(original) : phrase("earlier_message");
    const alias = original && state.members[original.member]?.alias;
    setText(quote, alias ? `${alias}: ${text}` : text);
    quote.onclick = () => {
      const target = drawn.find(({ row }) => row.kind === "message" && row.id === id)?.element;
      target?.scrollIntoView({ block: "center" });
      target?.focus();
    };
  }

  /** @param {MessageRow} row @returns {string} */
  function quotable(row) {
    return isHidden(row.member) ? phrase("hidden") : (row.text ?? phrase("removed"));
  }

  /** @param {HTMLElement} element @param {any} member @param {boolean} own @param {string} at */
  function fillHead(element, member, own, at) {
    element.classList.toggle("message--own", own);
    element.classList.toggle("message--counsellor", !own && member?.role === "counsellor");
    if (member) find("[data-face]", element).replaceChildren(people.faceOf(member));
    find("[data-name]", element).textContent = member?.alias ?? phrase("someone");
    find("[data-word]", element).textContent = own ? phrase("you") : people.wordOf(member);
    const time = find("[data-time]", element);
    time.dateTime = at;
    time.textContent = formats.time(at);
  }

  /** @param {MessageRow} row @param {Row|undefined} before @returns {boolean} */
  function isOneBreath(row, before) {
    if (before?.kind !== "message" || before.member !== row.member) return false;
    return Date.parse(row.at) - Date.parse(before.at) < ONE_BREATH_MS;
  }

  /** @param {MessageRow} row @param {Row|undefined} before @returns {HTMLElement} */
  function drawMessage(row, before) {
    const element = stamp(template);
    Object.assign(element.dataset, { message: row.id, member: row.member });
    element.classList.toggle("message--follows", isOneBreath(row, before));
    fillHead(element, state.members[row.member], row.member === state.me?.id, row.at);
    find("[data-more]", element).onclick = () =>
      toggleMenu(element, () => actionsFor(/** @type {MessageRow} */ (current(element))));
    fill(element, row);
    return element;
  }

  /** @param {HTMLElement} element @returns {Row|undefined} */
  function current(element) {
    return drawn.find((one) => one.element === element)?.row;
  }

  /** @param {import("./store.js").NoteRow} row @returns {HTMLElement} */
  function drawNote(row) {
    const words = phrase(`note_${row.state}`, { time: formats.time(row.at) });
    return make("li", { class: "log__note log__note--state" }, words);
  }

  /** @param {Row} row @param {Row|undefined} before @returns {HTMLElement} */
  function draw(row, before) {
    if (row.kind === "message") return drawMessage(row, before);
    if (row.kind === "card") return drawCard(row);
    return row.kind === "result" ? drawResult(row) : drawNote(row);
  }

  /** A service that a counsellor shows to all. @param {import("./store.js").CardRow} row */
  function drawCard(row) {
    const name = state.members[row.from]?.alias ?? phrase("someone");
    const head = make("p", { class: "log__head" }, phrase("card_from", { name }));
    const label = [head.textContent, row.text, row.service.name, formats.time(row.at)].filter(Boolean).join(" ");
    const card = make("li", { class: "log__card", tabIndex: -1, "data-row": "", "aria-label": label }, head);
    if (row.text) card.append(make("p", { class: "message__text" }, row.text));
    card.append(make("ul", { class: "plain" }, drawService(row.service, factsOf(row.service, phrase, formats))));
    return card;
  }

  /** How a poll ended. @param {import("./store.js").ResultRow} row */
  function drawResult(row) {
    const poll = state.polls[row.poll];
    if (!poll) return make("li", { hidden: true });
    const head = make("p", { class: "log__head" }, phrase("poll_result"));
    const lines = poll.options.map((option, index) => make("li", {}, ...tallyOf(option, row.counts, index, phrase)));
    const said = poll.options.map((option, index) => `${option}: ${row.counts[index]}`).join(", ");
    return make(
      "li",
      { class: "log__card", tabIndex: -1, "data-row": "", "aria-label": `${head.textContent} ${poll.question} ${said}` },
      head,
      make("p", {}, make("strong", {}, poll.question)),
      make("ul", { class: "plain tallies" }, ...lines),
    );
  }

  /** @param {Row} row */
  function append(row) {
    const before = drawn.at(-1)?.row;
    const anchor = pending.values().next().value ?? null;
    const day = formats.day(row.at);
    if (before && formats.day(before.at) !== day) list.insertBefore(make("li", { class: "log__note" }, day), anchor);
    if (isNews(row)) countNews(anchor);
    const element = draw(row, before);
    list.insertBefore(element, anchor);
    drawn.push({ row, element });
  }

  /** @param {Row} row @returns {boolean} */
  function isNews(row) {
    if (row.kind === "card") return fresh;
    return row.kind === "message" && !row.removed && row.member !== state.me?.id && !isHidden(row.member) && fresh;
  }

  /** @param {HTMLElement|null} anchor */
  function countNews(anchor) {
    if (!stuck || away) unseen += 1;
    if (!away || unreadLine) return;
    const line = make("li", { class: "log__unread" }, make("span", {}, phrase("unread_line")));
    list.insertBefore(line, anchor);
    unreadLine = line;
  }

  function clear() {
    moved();
    list.replaceChildren();
    drawn = [];
    pending.clear();
    unreadLine = null;
    openMenu = null;
    unseen = 0;
  }

  /** Rows after the first replay are news; the replay itself is not. */
  let fresh = false;

  /** @param {Entry[]} entries */
  function renderPending(entries) {
    for (const [ref, element] of pending) {
      if (entries.some((entry) => entry.ref === ref)) continue;
      element.remove();
      pending.delete(ref);
    }
    for (const entry of entries) {
      const element = pending.get(entry.ref) ?? drawPending(entry);
      element.dataset.status = entry.status;
      setText(find("[data-status]", element), statusOf(entry));
      const actions = entryActions(entry);
      const key = `${entry.status}${entry.reason}`;
      if (element.dataset.drawn === key) continue;
      element.dataset.drawn = key;
      element.querySelector("[data-menu]")?.remove();
      if (actions.length) element.append(menuOf(actions));
    }
  }

  /** @param {Entry} entry @returns {HTMLElement} */
  function drawPending(entry) {
    const element = stamp(template);
    element.classList.add("message--pending");
    fillHead(element, state.me ?? undefined, true, entry.at);
    setText(find("[data-text]", element), entry.text);
    fillQuote(element, entry.replyTo);
    show(find("[data-more]", element), false);
    pending.set(entry.ref, element);
    list.append(element);
    stuck = true;
    return element;
  }

  /** @param {Entry} entry @returns {string} */
  function statusOf(entry) {
    if (entry.status === "failed") return `${phrase("failed")} ${entry.reason}`;
    if (entry.status === "held") return phrase("held");
    if (entry.status === "waiting" && entry.reason) return entry.reason;
    return entry.status === "stored" ? "" : phrase("sending");
  }

  // What one can do with a row ---------------------------------------------------------------------------------

  /** @param {Action[]} actions @returns {HTMLElement} */
  function menuOf(actions) {
    const menu = make("div", { class: "message__menu", "data-menu": "" });
    for (const { label, run, under } of actions) {
      if (under) menu.append(make("p", { class: "message__under" }, under));
      const button = make("button", { class: "button button--quiet", type: "button" }, label);
      button.addEventListener("click", run);
      menu.append(button);
    }
    return menu;
  }

  /** @param {HTMLElement} element @param {() => Action[]} actions */
  function toggleMenu(element, actions) {
    const wasOpen = openMenu === element;
    if (openMenu) closeMenu(openMenu);
    if (wasOpen) return;
    openMenu = element;
    stuck = false; // what one is about to touch stays where it is
    find("[data-more]", element).setAttribute("aria-expanded", "true");
    const menu = menuOf(
      actions().map((action) => ({
        ...action,
        run: () => {
          closeMenu(element);
          action.run();
        },
      })),
    );
    element.append(menu);
    menu.scrollIntoView({ block: "nearest" });
    menu.querySelector("button")?.focus();
  }

  /** @param {HTMLElement} element */
  function closeMenu(element) {
    if (openMenu !== element) return;
    openMenu = null;
    const more = find("[data-more]", element);
    more.setAttribute("aria-expanded", "false");
    const menu = element.querySelector("[data-menu]");
    const hadFocus = menu?.contains(document.activeElement);
    menu?.remove();
    if (hadFocus) element.focus();
    look();
  }

  // Scrolling --------------------------------------------------------------------------------------------------

  function look() {
    const isDown = section.scrollHeight - section.scrollTop - section.clientHeight <= AT_BOTTOM_PX;
    // Whoever goes up to read while the log is held is not pulled down afterwards.
    if (held && (isDown || section.scrollTop < heldTop - AT_BOTTOM_PX)) wasStuck = isDown;
    stuck = !openMenu && !held && isDown;
    if (stuck && !away) unseen = 0;
    renderPill();
  }

  function renderPill() {
    show(pill, unseen > 0 && !stuck);
    if (unseen > 0) setText(pill, phrase("pill", { count: unseen }));
  }

  function moved() {
    movedAt = performance.now();
  }

  /** Down to the newest, but not past the line above what was missed. */
  function settle() {
    if (height !== section.clientHeight) moved();
    height = section.clientHeight;
    if (stuck) {
      const size = `${list.childElementCount} ${section.scrollHeight}`;
      if (settledFor !== size) moved();
      settledFor = size;
      const bottom = section.scrollHeight - section.clientHeight;
      section.scrollTop = away && unreadLine ? Math.min(bottom, unreadLine.offsetTop - section.offsetTop - 8) : bottom;
    }
    renderPill();
  }

  /** Rows stay where they are, also while there are too few to scroll. @param {boolean} on */
  function hold(on) {
    if (on === held) return;
    held = on;
    if (on) {
      const top = list.firstElementChild?.getBoundingClientRect().top ?? 0;
      list.style.paddingBlockStart = `${Math.max(0, top - list.getBoundingClientRect().top)}px`;
      list.style.justifyContent = "flex-start";
      wasStuck = stuck;
      heldTop = section.scrollTop;
      stuck = false;
      return;
    }
    list.style.paddingBlockStart = list.style.justifyContent = "";
    if (wasStuck) toBottom();
    else look();
  }

  function toBottom() {
    moved();
    stuck = true;
    section.scrollTop = section.scrollHeight;
    look();
  }

  // A scroll that comes of a changed height is not the reader's.
  section.addEventListener("scroll", () => (section.clientHeight === height ? look() : settle()), { passive: true });
  new ResizeObserver(settle).observe(section);
  pill.addEventListener("click", () => {
    toBottom();
    toComposer();
  });

  // Reading by keyboard ----------------------------------------------------------------------------------------

  /** @returns {HTMLElement[]} */
  function stops() {
    return /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-row]")]);
  }

  /** @type {Record<string, (at: number, count: number) => number>} */
  const STEPS = {
    ArrowUp: (at, count) => (at < 0 ? count - 1 : Math.max(0, at - 1)),
    ArrowDown: (at, count) => (at < 0 ? count - 1 : Math.min(count - 1, at + 1)),
    Home: () => 0,
    End: (_at, count) => count - 1,
  };

  section.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      if (openMenu) closeMenu(openMenu);
      else toComposer();
      return;
    }
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const rows = stops();
    if (!rows.length) return;
    event.preventDefault();
    rows[step(rows.findIndex((row) => row.contains(document.activeElement)), rows.length)].focus();
  });

  // Only the row that is read has its button in the order of Tab.
  section.addEventListener("focusin", (event) => {
    const row = event.target instanceof Element && event.target.closest("[data-row]");
    for (const more of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[data-more]"))) {
      more.tabIndex = row && row.contains(more) ? 0 : -1;
    }
  });

  return {
    /** @param {State} next @param {Entry[]} entries @param {boolean} caughtUp */
    render(next, entries, caughtUp) {
      const newReasons = state && state.side.reasons !== next.side.reasons;
      state = next;
      const same = drawn.length <= next.log.length && drawn.every(({ row }, index) => row.seq === next.log[index].seq);
      if (!same) clear();
      const changed = new Set();
      next.log.forEach((row, index) => {
        const old = drawn[index];
        if (!old) return append(row);
        if (row.kind !== "message" || (old.row === row && !(newReasons && row.removed))) return;
        old.row = row;
        fill(old.element, row);
        changed.add(row.id);
      });
      for (const { row, element } of drawn) {
        if (row.kind === "message" && row.replyTo && changed.has(row.replyTo)) fillQuote(element, row.replyTo);
      }
      if (changed.size) moved();
      renderPending(entries);
      if (caughtUp) fresh = true;
      settle();
    },

    /** The reader's own words are what they want to see. */
    toBottom,

    /** Whose messages are hidden has changed. */
    redraw() {
      for (const { row, element } of drawn) if (row.kind === "message") fill(element, row);
    },

    /** Not looking, or without a line: what comes now is marked as new. @param {boolean} gone */
    setAway(gone) {
      if (gone === away) return;
      away = gone;
      if (gone) {
        unreadLine?.remove();
        unreadLine = null;
      } else look();
    },

    hold,
    get movedAt() {
      return movedAt;
    },

    dropUnreadLine() {
      unreadLine?.remove();
      unreadLine = null;
    },

    focus() {
      section.focus();
    },
  };
}

/**
 * One answer of a poll: its words, its number, and a bar.
 * @param {string} option
 * @param {number[]} counts
 * @param {number} index
 * @param {import("./dom.js").Phrase} phrase
 * @returns {HTMLElement[]}
 */
export function tallyOf(option, counts, index, phrase) {
  const most = Math.max(1, ...counts);
  const bar = make("span", { class: "tally__bar", "aria-hidden": "true" });
  bar.style.inlineSize = `${(100 * counts[index]) / most}%`;
  const words = make("span", { class: "tally__count" }, phrase("votes", { count: counts[index] }));
  return [make("span", { class: "tally__option" }, option), words, bar];
}

// @ts-check
/** Where the reader writes. The text is theirs: nothing here throws it away but sending it. */
import { find, make, setText, show } from "./dom.js";

const COUNT_FROM = 100;
const TYPING_MS = 3000;
const SAVE_MS = 400;

/** @param {string} text @returns {number} code points, as the server counts */
export function lengthOf(text) {
  return [...text].length;
}

/**
 * The text in pieces: what was found is marked, in code points.
 * @param {string} text
 * @param {[number, number, string][]} spans
 * @returns {{text: string, kind: string}[]}
 */
export function cutAt(text, spans) {
  const points = [...text];
  const pieces = [];
  let at = 0;
  for (const [from, to, kind] of [...spans].sort((one, other) => one[0] - other[0])) {
    if (from < at) continue;
    if (from > at) pieces.push({ text: points.slice(at, from).join(""), kind: "" });
    pieces.push({ text: points.slice(from, to).join(""), kind });
    at = to;
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(""), kind: "" });
  return pieces;
}

/**
 * @param {object} options
 * @param {HTMLFormElement} options.form
 * @param {import("./dom.js").Phrase} options.phrase
 * @param {() => number} options.limit
 * @param {{load: () => any, save: (value: any) => void}} options.storage the draft, in this tab alone
 * @param {(text: string, replyTo: string|null, ask: boolean) => void} options.onSend `ask`: let a counsellor read it first
 * @param {() => void} [options.onType] at most every 3 s
 */
export function createComposer({ form, phrase, limit, storage, onSend, onType = () => {} }) {
  /** @type {HTMLTextAreaElement} */
  const box = find("textarea", form);
  const counter = find("[data-counter]", form);
  /** @type {HTMLElement|null} */
  const reply = form.querySelector("[data-reply]");
  const refusal = find(".composer__refusal", form);
  /** @type {HTMLElement|null} after a text that may show who one is: change it, or ask */
  const choice = form.querySelector("[data-choice]");
  const touch = matchMedia("(hover: none) and (pointer: coarse)");
  /** @type {{id: string, name: string, text: string}|null} */
  let replyTo = null;
  let typedAt = 0;
  /** The text that the explanation above the box is about. */
  let explainedAs = "";
  /** @type {number|undefined} */
  let saveTimer;

  const draft = storage.load();
  if (draft && !box.value) box.value = draft.text;
  if (draft?.replyTo) replyTo = draft.replyTo;

  function save() {
    clearTimeout(saveTimer);
    storage.save(box.value || replyTo ? { text: box.value, replyTo } : null);
  }

  function changed() {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(save, SAVE_MS);
    fit();
    count();
  }

  function fit() {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  }

  function count() {
    const left = limit() - lengthOf(box.value.trim());
    show(counter, left <= COUNT_FROM);
    if (left <= COUNT_FROM) {
      setText(counter, left < 0 ? phrase("too_many", { count: -left }) : phrase("left", { count: left }));
    }
    counter.classList.toggle("composer__counter--over", left < 0);
  }

  function renderReply() {
    if (reply) show(reply, replyTo !== null);
    if (!reply || !replyTo) return;
    const { name, text } = replyTo;
    setText(find("[data-reply-text]", reply), `${phrase("reply_to", { name })} ${text}`);
  }

  /** @param {boolean} [ask] */
  function submit(ask = false) {
    const text = box.value.normalize("NFC").trim();
    if (!text) return box.focus();
    if (lengthOf(text) > limit()) return count();
    const answers = replyTo?.id ?? null;
    box.value = "";
    replyTo = null;
    typedAt = 0;
    renderReply();
    hideRefusal();
    fit();
    count();
    save();
    onSend(text, answers, ask);
  }

  /** @param {{text: string, kind: string}} piece @returns {HTMLElement} */
  function drawFound({ text, kind }) {
    const word = make("b", {}, `(${phrase(`span_${kind}`)})`);
    return make("span", { class: "found" }, make("mark", {}, text), " ", word);
  }

  function hideRefusal() {
    show(refusal, false);
  }
  const close = find("[data-refusal-close]", refusal);
  show(close, true);
  close.addEventListener("click", () => {
    hideRefusal();
    box.focus();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.submitter?.matches("[data-ask]"));
  });
  choice?.querySelector("[data-mend]")?.addEventListener("click", () => box.focus());

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && replyTo) dropReply();
    const isPlain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
    if (event.key !== "Enter" || !isPlain || touch.matches) return;
    event.preventDefault();
    submit();
  });

  box.addEventListener("input", () => {
    changed();
    if (explainedAs && !box.value.trim()) hideRefusal();
    if (choice && box.value.trim() !== explainedAs) show(choice, false);
    if (!box.value.trim() || Date.now() - typedAt < TYPING_MS) return;
    typedAt = Date.now();
    onType();
  });

  addEventListener("pagehide", save);

  function dropReply() {
    replyTo = null;
    renderReply();
    save();
    box.focus();
  }
  reply?.querySelector("[data-reply-drop]")?.addEventListener("click", dropReply);

  renderReply();
  fit();
  count();

  return {
    /** @param {{id: string, name: string, text: string}} answered */
    answer(answered) {
      replyTo = answered;
      renderReply();
      save();
      box.focus();
    },

    /**
     * Put a refused text back, unless something new stands there.
     * @param {string} text
     * @param {{id: string, name: string, text: string}|null} [answered]
     * @returns {boolean} whether there was room for it
     */
    giveBack(text, answered = null) {
      if (box.value.trim()) return false;
      box.value = text;
      replyTo = answered;
      renderReply();
      changed();
      return true;
    },

    /**
     * Why a message did not go out, with what was found in it.
     * @param {string} why
     * @param {string} [text]
     * @param {[number, number, string][]} [spans]
     */
    explain(why, text = "", spans = []) {
      explainedAs = text;
      if (choice) show(choice, spans.length > 0);
      setText(find("[data-refusal-text]", refusal), why);
      const found = find("[data-refusal-found]", refusal);
      show(found, spans.length > 0);
      found.replaceChildren(...cutAt(text, spans).map((piece) => (piece.kind ? drawFound(piece) : piece.text)));
      show(refusal, true);
    },

    hideRefusal,

    focus() {
      box.focus();
      fit();
    },

    /** @param {string} words */
    setHint(words) {
      if (box.placeholder !== words) box.placeholder = words;
    },
  };
}

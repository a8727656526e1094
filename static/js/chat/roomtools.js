// @ts-check
/** Tools for the whole room: slow mode, holding messages, the question of the moment, polls. */
import { find, make, setText, show } from "./dom.js";

/** @typedef {import("./page.js").Room} Room */
/** @typedef {import("./store.js").Poll} Poll */

const MOST_OPTIONS = 6;

/** @param {Room} room */
export function createRoomTools(room) {
  const { phrase } = room;
  const dialog = find("[data-room-dialog]");
  const note = find("[data-room-note]", dialog);
  const pin = find("[data-pin-form]", dialog);
  const poll = find("[data-poll-form]", dialog);
  const options = find("[data-poll-options]", poll);
  const list = find("[data-polls]", dialog);
  const holds = find("[data-hold]", dialog);

  /** @param {string} type @param {object} fields @param {string} done @returns {Promise<boolean>} */
  async function act(type, fields, done) {
    const answer = await room.ask(type, fields);
    setText(note, answer.type === "refused" ? answer.text : done);
    render();
    return answer.type === "accepted";
  }

  for (const button of room.root.querySelectorAll("[data-room-open]")) {
    button.addEventListener("click", () => {
      setText(note, "");
      find("textarea", pin).value = room.state().room?.pin ?? "";
      render();
      dialog.showModal();
    });
  }
  find("[data-room-close]", dialog).addEventListener("click", () => dialog.close());

  for (const button of dialog.querySelectorAll("[data-run]")) {
    button.addEventListener("click", () => act(button.dataset.run, {}, ""));
  }
  for (const choice of dialog.querySelectorAll("[name=slow]")) {
    choice.addEventListener("change", () => act("room.slow", { seconds: Number(choice.value) }, phrase("did_slow")));
  }
  holds.addEventListener("change", () =>
    act("room.hold", { on: holds.checked }, phrase(holds.checked ? "did_hold" : "did_hold_off")),
  );

  pin.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = find("textarea", pin).value.trim();
    act("room.pin", { text }, phrase(text ? "did_pin" : "did_unpin"));
  });
  find("[data-unpin]", pin).addEventListener("click", () => {
    find("textarea", pin).value = "";
    act("room.pin", { text: "" }, phrase("did_unpin"));
  });

  find("[data-poll-more]", poll).addEventListener("click", () => {
    const fields = options.querySelectorAll("li");
    if (fields.length >= MOST_OPTIONS) return;
    const field = fields[0].cloneNode(true);
    const box = find("input", field);
    const label = find("label", field);
    box.id = `poll-option-${fields.length + 1}`;
    label.htmlFor = box.id;
    setText(label, phrase("poll_option", { number: fields.length + 1 }));
    Object.assign(box, { value: "", required: false });
    options.append(field);
    show(find("[data-poll-more]", poll), fields.length + 1 < MOST_OPTIONS);
    box.focus();
  });
  poll.addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const boxes = /** @type {HTMLInputElement[]} */ ([...options.querySelectorAll("input")]);
    const answers = boxes.map((box) => box.value.trim()).filter(Boolean);
    const question = find("[name=question]", poll).value.trim();
    if (await act("poll.open", { question, options: answers }, phrase("did_poll"))) poll.reset();
  });

  /** @param {Poll} one @returns {HTMLElement} */
  function drawPoll(one) {
    const answers = one.options.map((option, index) => {
      const count = one.counts?.[index] ?? 0;
      return make("li", {}, make("span", {}, option), " ", make("b", {}, String(count)));
    });
    const button = make("button", { class: "button button--quiet", type: "button" }, phrase("poll_close"));
    button.addEventListener("click", () => act("poll.close", { poll: one.poll }, phrase("did_poll_close")));
    return make("li", { class: "poll-now" }, make("strong", {}, one.question), make("ul", {}, ...answers), button);
  }

  function render() {
    const { room: now, polls } = room.state();
    if (!now) return;
    const open = Object.values(polls).filter((one) => !one.closed);
    const marks = [
      now.slow ? phrase("now_slow", { count: now.slow }) : "",
      now.hold ? phrase("now_hold") : "",
      now.pin ? phrase("now_pin") : "",
      open.length ? phrase("now_poll") : "",
    ].filter(Boolean);
    const words = find("[data-room-now]", room.root);
    setText(words, marks.join(" · "));
    show(words, marks.length > 0);
    for (const choice of dialog.querySelectorAll("[name=slow]")) choice.checked = Number(choice.value) === now.slow;
    holds.checked = Boolean(now.hold);
    for (const button of dialog.querySelectorAll("[data-run]")) show(button, button.dataset.runWhen === now.state);
    show(find("[data-unpin]", pin), Boolean(now.pin));
    const key = JSON.stringify(open);
    if (list.dataset.drawn === key) return;
    list.dataset.drawn = key;
    list.replaceChildren(...open.map(drawPoll));
  }

  return { render };
}

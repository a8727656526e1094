// @ts-check
/**
 * "Er du her?" A counsellor's presence needs a person: input of theirs is told to the server at most once a minute, and
 * after ten minutes without any the page asks. It does not stand in the way of the room.
 */
import { find, show } from "./dom.js";

const TELL_EVERY_MS = 60 * 1000;
const ASK_AFTER_MS = 10 * 60 * 1000;
const LOOK_EVERY_MS = 5000;
/** The question leaves after the tap that answers it: nothing moves under a finger. */
const SETTLE_MS = 400;

/**
 * @param {import("./page.js").Room} room
 */
export function watchPresence(room) {
  const question = find("[data-question]");
  let inputAt = Date.now();
  let toldAt = 0;

  function input() {
    inputAt = Date.now();
    tell();
    setTimeout(render, SETTLE_MS);
  }

  /** What came within the minute is told at its end, so that the server's clock is never ahead of ours. */
  function tell() {
    const now = Date.now();
    if (inputAt <= toldAt || now - toldAt < TELL_EVERY_MS) return;
    if (room.send({ type: "ping", here: true })) toldAt = now;
  }

  function render() {
    const asks = Date.now() - inputAt >= ASK_AFTER_MS;
    if (asks && question.hidden) room.announcer.urgent(find("[data-question-text]", question).textContent);
    show(question, asks);
  }

  // Not "scroll": the log scrolls by itself, too, when somebody writes.
  for (const kind of ["keydown", "pointerdown", "touchstart", "touchmove", "wheel"]) {
    addEventListener(kind, input, { passive: true, capture: true });
  }

  setInterval(() => {
    tell();
    render();
  }, LOOK_EVERY_MS);
}

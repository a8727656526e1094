// @ts-check
/** The counsellor's room: the same log, with the desk, the controls and their presence. */
import { createControls } from "./controls.js";
import { createDesk, removalActions } from "./desk.js";
import { find, setText } from "./dom.js";
import { watchPresence } from "./here.js";
import { startRoom } from "./page.js";

const desk = createDesk(find("[data-desk]"), find("#alert-template"));
/** @type {ReturnType<typeof createControls>|undefined} */
let controls;

const room = startRoom({
  mayPoll: false,
  moreActions: removalActions,
  onChange(changed, _taken, live) {
    desk.render(changed, live);
    controls?.render();
  },
  onStatus(status) {
    const words = find("[data-presence-line]");
    setText(words, words.dataset[status === "live" ? "here" : "away"] ?? "");
  },
});
controls = createControls(room);
watchPresence(room);

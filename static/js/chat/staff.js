// @ts-check
/** The counsellor's room: the same log, with the people in hand, the tools, the whispers, the desk and their presence. */
import { createControls } from "./controls.js";
import { createDesk, removalActions } from "./desk.js";
import { find, setText } from "./dom.js";
import { watchPresence } from "./here.js";
import { installKeys } from "./keys.js";
import { startRoom } from "./page.js";
import { createRecord } from "./record.js";
import { createRoomTools } from "./roomtools.js";
import { createSelection } from "./selection.js";
import { createShare } from "./share.js";
import { createStanding } from "./standing.js";
import { installTabs } from "./tabs.js";
import { createToast } from "./toast.js";
import { createTools } from "./tools.js";
import { createWhispers } from "./whispers.js";

/** @type {((taken: any[], live: boolean) => void)|undefined} */
let changed;

const room = startRoom({
  mayPoll: false,
  moreActions: removalActions,
  onChange: (_room, taken, live) => changed?.(taken, live),
  onStatus(status) {
    const words = find("[data-presence-line]");
    setText(words, words.dataset[status === "live" ? "here" : "away"] ?? "");
  },
});

const toast = createToast(find("[data-toast]"), room.announcer, () => showPicked());
const share = createShare(room, toast);
const controls = createControls(room);
const roomTools = createRoomTools(room);
const standing = createStanding(room);
const record = createRecord(room, toast.say);

/** On a phone the lists lie over the chat. */
function closePanels() {
  const open = room.root.dataset.panel;
  if (open) find(`[data-panel-name="${open}"] [data-panel-close]`, room.root).click();
}

/** Whoever is in hand stays in sight. */
function showPicked() {
  const message = selection.picked?.message;
  if (message) room.root.querySelector(`[data-message="${CSS.escape(message)}"]`)?.scrollIntoView({ block: "nearest" });
}

/** @param {string} member */
function whisper(member) {
  selection.drop();
  closePanels();
  whispers.open(member);
}

function toWriting() {
  if (whispers.to) whispers.focus();
  else find("#text").focus();
}

const whispers = createWhispers(room, {
  refer: share.open,
  onOpen: closePanels,
  toWriting: () => find("#text").focus(),
});
const tools = createTools(room, toast, {
  whisper,
  refer: share.open,
  toWriting,
  letGo: () => {
    selection.drop();
    toWriting();
  },
});
const selection = createSelection(
  room,
  (picked) => {
    tools.turnTo(picked);
    if (!picked) return;
    if (matchMedia("(max-width: 59.99em)").matches) closePanels();
    showPicked();
  },
  toast.say,
);
const desk = createDesk(room, find("[data-desk]"), { whisper, pick: selection.pick, say: toast.say });

find("[data-chat-tab]").addEventListener("click", closePanels);
installKeys(room.root, tools.use);
installTabs(find("[data-desk]"), () => record.render([], false));
for (const button of room.root.querySelectorAll("[data-share-open]")) {
  button.addEventListener("click", () => share.open(whispers.to ?? selection.picked?.member ?? null));
}

// Escape leaves one thing at a time: a step, who is in hand, the whisper.
room.root.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || /** @type {Element} */ (event.target).closest("dialog")) return;
    const inBox = /** @type {Element} */ (event.target).closest("[data-whisper]");
    const wasPicked = Boolean(selection.picked);
    if (tools.back()) return event.stopPropagation();
    selection.drop();
    if (whispers.to && inBox) whispers.close();
    else if (whispers.to) whispers.focus();
    else if (wasPicked) toWriting();
    else return; // the page's own Escape
    event.stopPropagation();
    event.preventDefault();
  },
  { capture: true },
);

/** What was last shown: a flood of messages changes nothing of it. @type {any} */
let shown = {};

changed = (taken, live) => {
  const { side, members, room: now, polls } = room.state();
  if (side !== shown.side || members !== shown.members) {
    whispers.render();
    if (live) whispers.announce(taken);
    desk.render(taken, live);
    record.render(taken, live);
    standing.render();
  }
  if (now !== shown.now || polls !== shown.polls) {
    controls.render();
    roomTools.render();
  }
  shown = { side, members, now, polls };
  if (!selection.picked) return;
  tools.render();
  selection.mark();
};
watchPresence(room);

// @ts-check
/** The young person's room. */
import { find } from "./dom.js";
import { createHiding } from "./hiding.js";
import { createHush } from "./hush.js";
import { startRoom } from "./page.js";
import { createPolls } from "./polls.js";
import { createReporting } from "./reporting.js";
import { createSanctions } from "./sanctions.js";

/** @type {((taken: any[], live: boolean) => void)|undefined} */
let changed;

const hiding = createHiding();
const room = startRoom({
  isHidden: hiding.isHidden,
  moreActions: (own, row) => [...hiding.actions(own, row), ...reporting.actions(own, row)],
  onChange: (_room, taken, live) => changed?.(taken, live),
});
hiding.keepIn(room.memoryOf("hidden"));
const reporting = createReporting(find("[data-report-dialog]"));
const hush = createHush(room, find("[data-hush]"));
const polls = createPolls(find("[data-polls]"));
const sanctions = createSanctions(find("[data-standing]"), find("#standing-template"), room.memoryOf("folded"));

changed = (taken, live) => {
  hush.render(taken, live);
  polls.render(room, taken, live);
  sanctions.render(room, taken, live);
};

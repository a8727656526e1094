// @ts-check
/**
 * "Væk herfra": one tap, or Shift three times, and the page is blank before anything is asked of the network.
 *
 * Without this file the link does the same in one request (config/pages.py, `leave`). What the file adds: blank at once,
 * the entry of this page in the history replaced, other tabs of ours gone too, and no page that comes out of the
 * browser's memory when Back is pressed. Listeners of "samrum:exit" on document close what they hold (sockets, sound).
 */

const TAPS = 3;
const TAPS_WITHIN_MS = 5000;
const MARK_SECONDS = 1800;
const PATIENCE_MS = 2000; // how long our own server may take before the page leaves without it

/** @typedef {{ way: string, outside: string, front: string, mark: string, keys: boolean }} Exit */

/** @returns {Exit | null} */
function readExit() {
  const link = document.querySelector("a[data-exit]");
  if (!(link instanceof HTMLAnchorElement)) return null;
  const { exit = "", front = "/", mark = "" } = link.dataset;
  return { way: link.href, outside: exit, front, mark, keys: "exitKeys" in link.dataset };
}

/** @param {boolean} on */
function cover(on) {
  document.documentElement.classList.toggle("covered", on);
}

/** @param {Exit} exit */
function hasLeft(exit) {
  return document.cookie.split("; ").includes(`${exit.mark}=1`);
}

/** @param {Exit} exit The tab looks like the page it is on its way to. */
function disguise(exit) {
  document.title = new URL(exit.outside).hostname;
  for (const icon of document.querySelectorAll("link[rel~='icon']")) icon.setAttribute("href", "data:,");
}

/** @param {Exit} exit */
function forget(exit) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${exit.mark}=1; path=/; max-age=${MARK_SECONDS}; samesite=lax${secure}`;
  try {
    sessionStorage.clear();
    localStorage.clear();
  } catch {
    // Storage is switched off: there is nothing to clear.
  }
}

/** @param {Exit} exit Our own server is slow: go without it, and let the browser throw things away when it answers. */
function leaveWithout(exit) {
  fetch(exit.way, { keepalive: true }).catch(() => {}); // ends at the other site's door, which is none of our business
  location.replace(exit.outside);
}

/** @param {Exit} exit */
function install(exit) {
  let leaving = false;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("samrum:exit") : null;

  /** @param {boolean} alone This tab only: another one told us. */
  function leave(alone) {
    if (leaving) return;
    leaving = true;
    cover(true);
    disguise(exit);
    forget(exit);
    if (!alone) tabs?.postMessage("exit");
    document.dispatchEvent(new CustomEvent("samrum:exit"));
    location.replace(exit.way);
    setTimeout(() => leaveWithout(exit), PATIENCE_MS);
  }

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a[data-exit]")) {
      event.preventDefault(); // with Ctrl or the middle button too: a new tab would leave this one standing
      leave(false);
    }
  }, true);
  tabs?.addEventListener("message", () => leave(true));
  if (exit.keys) onShiftTaps(() => leave(false));

  // A page that goes into the browser's memory goes in blank, and comes out blank if someone left meanwhile.
  addEventListener("pagehide", () => cover(true));
  addEventListener("pageshow", () => {
    if (leaving || hasLeft(exit)) {
      cover(true);
      location.replace(exit.front);
    } else {
      cover(false);
    }
  });
}

/**
 * Shift alone, pressed and released; any other key in between starts the count again, so that capital letters do not.
 * @param {() => void} then
 */
function onShiftTaps(then) {
  /** @type {number[]} */
  let taps = [];
  let alone = false;
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey && (alone || !event.repeat);
    if (event.key !== "Shift") taps = [];
  }, true);
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    taps = [...taps, event.timeStamp].filter((at) => event.timeStamp - at <= TAPS_WITHIN_MS).slice(-TAPS);
    if (taps.length === TAPS) then();
  }, true);
}

const exit = readExit();
if (exit) install(exit);

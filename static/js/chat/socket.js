// @ts-check
/**
 * The line to the server: a WebSocket while the network lets one through, else the log and say addresses every 3 s.
 * It knows nothing of what the events mean but `room.entered`, which says that the line stands.
 */

/** @typedef {import("./store.js").Position} Position */
/** @typedef {"connecting"|"live"|"polling"|"lost"|"ended"} LineStatus */

const SUBPROTOCOL = "samrum.v1";
/** Seconds before each new try; fast first, and never so long that a restarted server waits for anybody. */
const STEPS_S = [0.2, 0.5, 0.8, 1, 1, 1.5, 2, 3];
const ENTER_WITHIN_MS = 5000;
const QUIET_MS = 25000;
const PONG_WITHIN_MS = 8000;
const PONG_SOON_MS = 3000;
const POLL_MS = 3000;
const FAILURES_BEFORE_POLLING = 3;
/** While polling works the network blocks sockets: try one only now and then. */
const SOCKET_RETRY_MS = 20000;
const CROWDED_MS = 30000;

/** Codes after which this page does not come back by itself. */
const FINAL = new Set([4401, 4403, 4404, 4409, 4410, 4423, 4451]);
/** @type {Record<number, number>} */
const CODE_OF_STATUS = { 401: 4401, 403: 4403, 404: 4404, 410: 4410, 423: 4423, 429: 4429, 451: 4451 };

/**
 * @param {object} options
 * @param {string} options.wsPath
 * @param {string} options.logUrl
 * @param {string} options.sayUrl
 * @param {string} options.csrfToken
 * @param {boolean} options.mayPoll a counsellor is present only over a socket, so their page never polls
 * @param {() => Position} options.position the last numbers the page has
 * @param {(events: any[], asked: Position) => void} options.onEvents
 * @param {(status: LineStatus, code: number) => void} options.onStatus
 */
export function createLine({ wsPath, logUrl, sayUrl, csrfToken, mayPoll, position, onEvents, onStatus }) {
  /** @type {WebSocket|null} */
  let socket = null;
  /** @type {LineStatus} */
  let status = "connecting";
  let failures = 0;
  let polling = false;
  /** Set when polling just began to work: then one socket is worth a try at once. */
  let pollWorked = false;
  let heardAt = 0;
  /** @type {number|undefined} */
  let retryTimer;
  /** @type {number|undefined} */
  let watchTimer;
  /** @type {number|undefined} */
  let pollTimer;

  /**
   * @param {LineStatus} next
   * @param {number} [code]
   */
  function turn(next, code = 0) {
    if (status === "ended" || (status === next && next !== "lost")) return;
    status = next;
    onStatus(next, code);
  }

  function connect() {
    clearTimeout(retryTimer);
    if (status === "ended" || socket) return;
    const asked = position();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const here = new WebSocket(
      `${scheme}//${location.host}${wsPath}?after=${asked.room}&side_after=${asked.side}`,
      SUBPROTOCOL,
    );
    socket = here;
    watch(ENTER_WITHIN_MS, neverEntered);
    here.onmessage = (message) => {
      if (socket !== here) return;
      heard();
      const events = JSON.parse(message.data);
      onEvents(events, asked);
      if (socket === here && events.some((/** @type {any} */ event) => event.type === "room.entered")) stand();
    };
    here.onclose = (close) => {
      if (socket === here) gone(close.code);
    };
  }

  function stand() {
    failures = 0;
    stopPolling();
    turn("live");
  }

  /** A network that swallows sockets without a word: do not wait for it three times. */
  function neverEntered() {
    failures = Math.max(failures, FAILURES_BEFORE_POLLING - 1);
    drop();
  }

  function heard() {
    heardAt = Date.now();
    watch(QUIET_MS, probe);
  }

  /** Ask whether the other end is still there. */
  function probe(within = PONG_WITHIN_MS) {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ type: "ping" }));
    watch(within, drop);
  }

  /**
   * @param {number} delay
   * @param {() => void} otherwise
   */
  function watch(delay, otherwise) {
    clearTimeout(watchTimer);
    watchTimer = setTimeout(() => otherwise(), delay);
  }

  /** Give this socket up without waiting for its end. */
  function drop() {
    const old = socket;
    if (!old) return;
    gone(1006);
    old.close();
  }

  /** @param {number} code */
  function gone(code) {
    socket = null;
    clearTimeout(watchTimer);
    if (status === "ended") return;
    if (FINAL.has(code)) return end(code);
    if (status !== "polling") turn("lost", code);
    failures += 1;
    if (mayPoll && failures >= FAILURES_BEFORE_POLLING) startPolling();
    plan(delayAfter(code));
  }

  /** @param {number} code @returns {number} milliseconds */
  function delayAfter(code) {
    if (code === 1012) return Math.random() * 2000;
    if (code === 4429) return CROWDED_MS * (1 + Math.random());
    if (status === "polling") return pollWorked ? SOCKET_RETRY_MS * (1 + Math.random()) : 0;
    return STEPS_S[Math.min(failures - 1, STEPS_S.length - 1)] * 1000 * (0.7 + 0.6 * Math.random());
  }

  /** @param {number} delay */
  function plan(delay) {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, delay);
  }

  function startPolling() {
    if (polling) return;
    polling = true;
    poll();
  }

  function stopPolling() {
    polling = false;
    pollWorked = false;
    clearTimeout(pollTimer);
  }

  async function poll() {
    const asked = position();
    const answer = await request(`${logUrl}?after=${asked.room}&side_after=${asked.side}`);
    if (!polling || status === "ended") return;
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, POLL_MS);
    if (!answer.ok) return failed(answer.code);
    turn("polling");
    onEvents(answer.events, asked);
    if (pollWorked) return;
    if (!socket) connect();
    pollWorked = true;
  }

  /** @param {number} code */
  function failed(code) {
    if (FINAL.has(code)) return end(code);
    pollWorked = false;
    turn("lost", code);
    if (code !== 4429) return;
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, CROWDED_MS);
  }

  /**
   * @param {string} url
   * @param {object} [command]
   * @returns {Promise<{ok: boolean, code: number, events: any[]}>}
   */
  async function request(url, command) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json" };
    if (command) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": csrfToken });
    try {
      const response = await fetch(url, {
        method: command ? "POST" : "GET",
        headers,
        body: command && JSON.stringify(command),
        cache: "no-store",
        credentials: "same-origin",
      });
      if (!response.ok) return { ok: false, code: CODE_OF_STATUS[response.status] ?? 1011, events: [] };
      return { ok: true, code: 0, events: await response.json() };
    } catch {
      return { ok: false, code: 1006, events: [] };
    }
  }

  /**
   * A 403 here is a page too old to write (its csrf token is gone), not the end: the log still says who may read.
   * @param {any} command
   */
  async function postCommand(command) {
    const asked = position();
    const answer = await request(sayUrl, command);
    if (status === "ended") return;
    if (answer.ok) {
      onEvents(answer.events, asked);
      if (polling) poll();
    } else if (answer.code === 4403) {
      onEvents([{ type: "refused", ref: command.ref, code: "forbidden", text: "" }], asked);
    } else turn("lost", answer.code);
  }

  /** @param {number} code */
  function end(code) {
    stop();
    status = "ended";
    onStatus("ended", code);
  }

  function stop() {
    stopPolling();
    clearTimeout(retryTimer);
    clearTimeout(watchTimer);
    const old = socket;
    socket = null;
    old?.close(1000);
  }

  function again() {
    if (status === "ended" || document.hidden) return;
    if (socket?.readyState === WebSocket.OPEN) {
      if (Date.now() - heardAt > PONG_SOON_MS) probe(PONG_SOON_MS);
    } else if (!socket) {
      failures = Math.min(failures, 1);
      connect();
    }
  }

  addEventListener("online", again);
  addEventListener("offline", drop);
  addEventListener("pageshow", again);
  document.addEventListener("visibilitychange", again);

  return {
    connect,
    /** Come again with the last numbers: a number was missing or an answer never came. */
    restart() {
      if (polling && !socket) poll();
      else drop();
    },
    /** Back after another tab took over. */
    takeOver() {
      if (status !== "ended") return;
      status = "connecting";
      failures = 0;
      connect();
    },
    /**
     * @param {object} command
     * @returns {boolean} whether it went out; an answer may come, or the line may break
     */
    send(command) {
      if (status === "live" && socket?.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify(command));
        return true;
      }
      if (status === "polling") {
        postCommand(command);
        return true;
      }
      return false;
    },
    /** For good: the reader leaves. */
    close() {
      status = "ended";
      stop();
    },
    get status() {
      return status;
    },
  };
}

// @ts-check
/** A hand aims at what stood there a moment ago: where things have only just moved a click hits nothing. */

/** Between what one sees and what one hits. */
const AIM_MS = 500;

/**
 * Notices when what stands in a list moves: something came or went above it.
 * @param {HTMLElement} list
 */
export function watchMoves(list) {
  let movedAt = -Infinity;
  new MutationObserver((records) => {
    if (records.some((record) => record.nextSibling)) movedAt = performance.now();
  }).observe(list, { childList: true });
  return {
    get movedAt() {
      return movedAt;
    },
  };
}

/**
 * @param {Event} event of a pointer that comes down
 * @param {{movedAt: number}} moves on the clock of events
 * @returns {boolean} whether it comes down where somebody saw something else
 */
export function isBlind(event, moves) {
  return event.timeStamp - moves.movedAt < AIM_MS;
}

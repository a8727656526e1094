// @ts-check
/** Helpers around the page: elements, templates and the words the server sends along. */

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {any} the first match; a page without it is a mistake of ours
 */
export function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return found;
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] `class`, `data-…`, `aria-…` and other names with a dash become attributes
 * @param {...(Node|string)} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else /** @type {any} */ (element)[name] = value;
  }
  element.append(...children);
  return element;
}

/**
 * The one element inside a `<template>`, fresh.
 * @param {HTMLTemplateElement} template
 * @returns {HTMLElement}
 */
export function stamp(template) {
  const element = template.content.firstElementChild;
  if (!element) throw new Error("An empty template");
  return /** @type {HTMLElement} */ (element.cloneNode(true));
}

/**
 * Show or hide without moving focus.
 * @param {HTMLElement} element
 * @param {boolean} shown
 */
export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/**
 * Set a text only where it changes, so that nothing is read or painted twice.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @typedef {(key: string, values?: Record<string, string|number>) => string} Phrase */

/**
 * The words of the page, from the server: `{name}` stands for a value, and a key ending in `_one` is taken for a count of 1.
 * @param {Record<string, string>} strings
 * @returns {Phrase}
 */
export function createPhrase(strings) {
  return (key, values = {}) => {
    const chosen = values.count === 1 && strings[`${key}_one`] !== undefined ? `${key}_one` : key;
    const text = strings[chosen];
    if (text === undefined) throw new Error(`No words for ${chosen}`);
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}

/** @typedef {{time: (at: string) => string, day: (at: string) => string, date: (on: string) => string, names: (names: string[]) => string}} Clockwork */

/**
 * Times and lists of names as the reader's language writes them, in the site's time zone.
 * @param {string} language
 * @param {string} timeZone
 * @returns {Clockwork}
 */
export function createFormats(language, timeZone) {
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", timeZone });
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone });
  const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", timeZone: "UTC" });
  const names = new Intl.ListFormat(language, { type: "conjunction" });
  return {
    time: (at) => time.format(new Date(at)),
    day: (at) => day.format(new Date(at)),
    date: (on) => date.format(new Date(on)),
    names: (list) => names.format(list),
  };
}

/** @returns {string} a key of the client's own for one command, at most 36 characters */
export function newRef() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Where a link may lead: a service's number, mail or page, never a script.
 * @param {string} href
 * @returns {boolean}
 */
export function isSafeLink(href) {
  return /^(https?:|tel:|sms:|mailto:)/i.test(href);
}

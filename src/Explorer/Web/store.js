// One selection for the whole page, and its address: `#/0-layer/map?token=3162&matrix=W_U`.
// What is locked is in the address; what is hovered is not. Locks push history, controls replace
// it.

import { report } from './data.js';

/**
 * The keys of the address, each with the test that a value must pass, and its default; `lock`
 * marks what Esc lets go.
 */
const KEYS = {
  token: {
    read: text => whole(text, report().run.vocabularySize),
    initial: () => null,
    lock: true,
  },
  head: { read: text => matching(text, /^\d+\.\d+$/), initial: () => null, lock: true },
  map: { read: text => among(text, ['pca', 't-sne']), initial: () => 't-sne' },
  matrix: { read: text => among(text, ['W_E', 'W_U']), initial: () => 'W_E' },
  colour: { read: text => among(text, ['class', 'frequency']), initial: () => 'class' },
  measure: { read: text => among(text, ['lift', 'p', 'logit']), initial: () => 'lift' },
  step: { read: text => checkpoint(text), initial: () => report().loss.checkpoints.at(-1) ?? null },
  steps: { read: text => among(text, ['linear', 'log']), initial: () => 'linear' },
};

function whole(text, below) {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value < below ? value : undefined;
}

function among(text, values) {
  return values.includes(text) ? text : undefined;
}

function matching(text, pattern) {
  return pattern.test(text) ? text : undefined;
}

function checkpoint(text) {
  const value = Number(text);
  return report().loss.checkpoints.includes(value) ? value : undefined;
}

const listeners = new Set();
const state = { page: null, section: null, preview: null, headPreview: null, notice: null };

/**
 * Adds keys to the address; a component declares its own before the address is read:
 * `{min: {read, initial, lock?}}`.
 */
export function declare(keys) {
  for (const [name, key] of Object.entries(keys)) {
    KEYS[name] = key;
    state[name] ??= key.initial();
  }
}

/** The current selection; read only. */
export function selection() {
  return state;
}

/** Calls `listener(state, changedKeys)` after each change; returns the way to stop. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(patch) {
  const changed = new Set(Object.keys(patch).filter(key => state[key] !== patch[key]));
  if (changed.size === 0) return changed;
  Object.assign(state, patch);
  for (const listener of listeners) listener(state, changed);
  return changed;
}

/** Locks: changes the selection and adds a step to the history. */
export function lock(patch) {
  if (publish({ notice: null, ...patch }).size > 0) write('pushState');
}

/** Controls and sliders: changes the selection in place. */
export function adjust(patch) {
  if (publish(patch).size > 0) write('replaceState');
}

/** Hover and focus: the token that is pointed at, or null. */
export function preview(token) {
  publish({ preview: token });
}

/** Hover and focus of a head, `'1.2'` or null. */
export function previewHead(head) {
  publish({ headPreview: head });
}

/** Esc: lets go of everything that is locked. */
export function release() {
  const locks = Object.entries(KEYS).filter(([, key]) => key.lock);
  lock(Object.fromEntries(locks.map(([name]) => [name, null])));
}

/** The address of the selection with `patch` applied. */
export function address(patch = {}) {
  const next = { ...state, ...patch };
  const query = Object.entries(KEYS)
    .filter(([key, { initial }]) => next[key] !== initial() && next[key] !== null)
    .map(([key]) => `${key}=${encodeURIComponent(next[key])}`)
    .join('&');
  return `#/${next.page}${next.section ? `/${next.section}` : ''}${query ? `?${query}` : ''}`;
}

function write(method) {
  const depth = (history.state?.depth ?? 0) + (method === 'pushState' ? 1 : 0);
  history[method]({ depth }, '', address());
}

/** Goes to the selection before, if this page made it; never away from the page. */
export function goBack() {
  if (history.state?.depth > 0) history.back();
}

/**
 * Reads the address; unknown keys are ignored, a value that does not exist falls back and is
 * named.
 */
export function readAddress() {
  const [path, query = ''] = decodeURI(location.hash.replace(/^#\/?/, '')).split('?');
  const [, section = null] = path.split('/');
  const patch = { page: report().kind, section: section || null, notice: null };
  const given = new URLSearchParams(query);
  for (const [key, { read, initial }] of Object.entries(KEYS)) {
    const text = given.get(key);
    const value = text === null ? undefined : read(text);
    patch[key] = value ?? initial();
    if (text !== null && value === undefined)
      patch.notice = `The address asks for ${key} ${text}, which does not exist; this is the default.`;
  }
  publish(patch);
}

/** The token whose tables are shown: the locked one, or the first example of the report. */
export function shownToken() {
  return state.token ?? report().examples[0]?.token ?? 0;
}

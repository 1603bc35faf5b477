// One selection for the whole page, and its address: `#/1-layer/attention?passage=3&q=31&k=25`.
// What is locked is in the address; what is hovered is not. Locks push history, controls replace
// it. Pages and components say which keys they have.

import { place } from './components.js';
import { report } from './data.js';

const keys = new Map();
const listeners = new Set();
const state = { page: null, section: null, preview: null, headPreview: null, notice: null };

/** A reader of whole numbers below `limit()`. */
export function wholeBelow(limit) {
  return text => (/^\d+$/.test(text) && Number(text) < limit() ? Number(text) : undefined);
}

/** A reader of one of `values`. */
export function oneOf(values) {
  return text => (values.includes(text) ? text : undefined);
}

/** A reader of short plain names; whether such a thing exists, the component says. */
export function plainName(text) {
  return /^[\w .+-]{1,40}$/.test(text) ? text : undefined;
}

/**
 * Adds keys to the address; a component declares its own when it is loaded:
 * `{min: {read(text), initial?(), lock?}}`. `read` gives undefined for what does not exist; `initial`
 * is what the address leaves out, unless the page opens with another. A key with `lock` is let go
 * by Esc: `true` first, 2 when nothing else is locked.
 */
export function declare(keysOfOne) {
  for (const [name, { read, initial = () => null, lock: level = 0 }] of Object.entries(keysOfOne)) {
    const first = () => {
      const text = report().opens?.[name];
      return (text === undefined ? undefined : read(text)) ?? initial();
    };
    keys.set(name, { read, initial: first, level: Number(level) });
    state[name] ??= null;
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

/** Esc: lets go of what is locked, innermost first. */
export function release() {
  for (const level of [1, 2]) {
    const held = [...keys].filter(
      ([name, key]) => key.level === level && state[name] !== key.initial(),
    );
    if (held.length > 0) {
      lock(Object.fromEntries(held.map(([name, key]) => [name, key.initial()])));
      return;
    }
  }
}

/** Hover and focus: the token that is pointed at, or null. */
export function preview(token) {
  publish({ preview: token });
}

/** Hover and focus of a head, `'1.2'` or null. */
export function previewHead(head) {
  publish({ headPreview: head });
}

/** Hover and focus of anything else, never in the address: `pointAt({overQuery: 31})`. */
export function pointAt(patch) {
  publish(patch);
}

/** The address of the selection with `patch` applied. */
export function address(patch = {}) {
  const next = { ...state, ...patch };
  const query = [...keys]
    .filter(
      ([name, { initial }]) =>
        next[name] !== initial() && next[name] !== null && next[name] !== undefined,
    )
    .map(([name]) => `${name}=${encodeURIComponent(next[name])}`)
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
  const [page, section = null] = path.split('/');
  const patch = {
    page: place(page) ? page : report().kind,
    section: section || null,
    notice: null,
  };
  const given = new URLSearchParams(query);
  for (const [name, { read, initial }] of keys) {
    const text = given.get(name);
    const value = text === null ? undefined : read(text);
    patch[name] = value ?? initial();
    if (text !== null && value === undefined) patch.notice = missing(name, text);
  }
  publish(patch);
}

/** The line that says that a value of the address does not exist. */
export function missing(name, value) {
  return `The address has ${name} ${value}, which does not exist; this is the default.`;
}

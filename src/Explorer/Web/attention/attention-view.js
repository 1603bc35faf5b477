// What the attention figures show: passage, head, measure, query and key of the shared selection,
// resolved against a record.

import { headOf } from '../heads/heads.js';
import { topOf, unpack } from '../figures/patterns.js';
import { declare, oneOf, plainName, selection } from '../page/store.js';

const whole = text => (/^\d{1,6}$/.test(text) ? Number(text) : undefined);

declare({
  passage: { read: plainName },
  q: { read: whole, lock: true },
  k: { read: whole, lock: true },
  measure: { read: plainName },
  by: { read: oneOf(['key']) },
  scale: { read: oneOf(['linear']) },
});

/** The keys after whose change attention figures draw again. */
export const VIEW_KEYS = ['passage', 'head', 'headPreview', 'q', 'k', 'measure', 'by', 'scale'];

/** What each measure is called: on its button, in a read-out. */
export const MEASURES = {
  weight: { label: 'weight', long: 'weight' },
  weighted: { label: '‖αf(x)‖', long: '‖α·f(x)‖' },
  allHeads: { label: '‖Σαf(x)‖', long: '‖Σ α·f(x)‖' },
  residual: { label: '+ residual', long: 'with residual' },
  norm: { label: '+ norm', long: 'with norm' },
};

/** The passage that is shown: its record. */
export function passageOf(record) {
  const wanted = selection().passage ?? record.initial?.passage;
  return record.passages.find(one => one.name === wanted) ?? record.passages[0];
}

/** The heads that have a pattern in a passage, as names. */
export function headsOf(passage) {
  return unpack(passage.measures.weight).names;
}

/** The head that is shown: the hovered, the locked, the one that the record opens with. */
export function shownHead(record, passage) {
  const names = headsOf(passage),
    { headPreview, head } = selection();
  return [headPreview, head, record.initial?.head].find(name => names.includes(name)) ?? names[0];
}

/** A measure's maps with the map of a head in it: its own, or its layer's. */
export function mapOf(passage, measure, head) {
  const maps = unpack(passage.measures[measure]);
  const name = maps.has(head) ? head : String(headOf(head).layer);
  return { values: maps.of(name), top: topOf(maps), name, own: maps.has(head) };
}

/** What a passage is called in a sentence: those of held-out text have numbers. */
export function passageName({ name }) {
  return /^\d+$/.test(name) ? `passage ${name}` : name.replaceAll('-', ' ');
}

/**
 * Everything that a figure needs: {passage, tokens, count, head, measure, values, top, clipped,
 * query, key, lockedQuery, lockedKey, byKey, linear}. `query` and `key` are what is shown now, and
 * may be null.
 */
export function viewOf(record) {
  const state = selection(),
    passage = passageOf(record),
    head = shownHead(record, passage),
    measure = passage.measures[state.measure] ? state.measure : 'weight',
    { values, top, own } = mapOf(passage, measure, head),
    count = passage.tokens.length,
    inside = value => (Number.isInteger(value) && value < count ? value : null);
  const byKey = state.by === 'key',
    lockedQuery = inside(state.q),
    lockedKey = inside(state.k),
    locked = lockedQuery !== null || lockedKey !== null;
  const opens = !locked && passage.name === (record.initial?.passage ?? record.passages[0].name);
  const first = opens ? (record.initial ?? {}) : {};
  const over = { query: inside(state.overQuery), key: inside(state.overKey) };
  let query, key;
  if (byKey) {
    key = lockedKey ?? over.key ?? inside(first.key) ?? 0;
    query = over.query ?? lockedQuery;
    if (query < key) query = null;
  } else {
    query = lockedQuery ?? over.query ?? inside(first.query) ?? count - 1;
    key = over.key ?? lockedKey ?? (over.query === null ? inside(first.key) : null);
    if (key > query) key = null;
  }
  return {
    passage,
    tokens: passage.tokens,
    count,
    head,
    measure,
    ownMap: own,
    values,
    ...top,
    query,
    key,
    lockedQuery,
    lockedKey,
    byKey,
    linear: state.scale === 'linear',
  };
}

// Finding tokens by text, part, id or bytes. One lower-cased string holds the whole vocabulary.

import { largest } from './numbers.js';
import { binary, corpusCount, text, vocabularySize } from '../tokens/vocabulary.js';

const LIMIT = 50;
let joined, starts;

/** Builds the string once; a few milliseconds, done when the page is idle. */
export function prepareSearch() {
  if (joined !== undefined) return;
  starts = new Uint32Array(vocabularySize() + 1);
  const parts = [];
  let at = 0;
  for (let id = 0; id < vocabularySize(); id++) {
    const lower = (text(id) ?? '').toLowerCase();
    parts.push(lower);
    starts[id] = at;
    at += lower.length + 1;
  }
  starts[vocabularySize()] = at;
  joined = parts.join('\u0000') + '\u0000';
}

/**
 * 0 exact, 1 prefix, 2 the same with other capitals, 3 a part; a leading space of the token may
 * be left out.
 */
function quality(id, at, query) {
  const bare = at === starts[id] + 1 && joined.charCodeAt(starts[id]) === 32;
  if (at !== starts[id] && !bare) return 3;
  const value = bare ? text(id).slice(1) : text(id);
  return value === query ? 0 : value.startsWith(query) ? 1 : 2;
}

/**
 * Single tokens most like `value` by shared pairs of letters (Dice, case-folded), commoner
 * first among equals.
 */
export function similarTokens(value, wanted) {
  prepareSearch();
  const word = value.trim().toLowerCase(),
    own = new Set();
  for (let i = 0; i + 1 < word.length; i++)
    own.add((word.charCodeAt(i) << 16) | word.charCodeAt(i + 1));
  const found = [];
  for (let id = 0; id < vocabularySize(); id++) {
    let start = starts[id];
    const end = starts[id + 1] - 1;
    if (joined.charCodeAt(start) === 32) start++;
    if (end - start < 3 || Math.abs(end - start - word.length) > 6) continue;
    let shared = 0;
    for (let i = start; i + 1 < end; i++)
      if (own.has((joined.charCodeAt(i) << 16) | joined.charCodeAt(i + 1))) shared++;
    const dice = (2 * shared) / (own.size + end - start - 1);
    if (dice > 0.4) found.push([id, dice]);
  }
  found.sort((a, b) => b[1] - a[1] || corpusCount(b[0]) - corpusCount(a[0]));
  return found.slice(0, wanted).map(([id]) => id);
}

/** The tokens that match: `{ids, total}`, best first, ties by corpus count; at most 50. */
export function findTokens(input) {
  const byId = /^#(\d+)$/.exec(input.trim());
  if (byId)
    return pick(
      [Number(byId[1])].filter(id => id < vocabularySize()),
      () => 0,
    );
  const byBytes = /^0x((?:[0-9a-f]{2}\s?)+)$/i.exec(input.trim());
  if (byBytes) return findBytes(byBytes[1].replace(/\s/g, '').toUpperCase());
  prepareSearch();
  const query = input.replaceAll('·', ' ').replaceAll('⏎', '\n').replaceAll('⇥', '\t');
  const folded = query.toLowerCase();
  const hits = [],
    places = new Map();
  if (folded !== '') {
    for (
      let at = joined.indexOf(folded), id = 0;
      at >= 0;
      at = joined.indexOf(folded, starts[id + 1])
    ) {
      while (starts[id + 1] <= at) id++;
      hits.push(id);
      places.set(id, at);
    }
  }
  return pick(hits, id => quality(id, places.get(id), query));
}

function findBytes(digits) {
  const wanted = String.fromCharCode(...digits.match(/../g).map(pair => parseInt(pair, 16)));
  const hits = [];
  for (let id = 0; id < vocabularySize(); id++) if (binary(id).includes(wanted)) hits.push(id);
  return pick(hits, id => (binary(id) === wanted ? 0 : binary(id).startsWith(wanted) ? 1 : 3));
}

/** Better grades first, then higher counts, then lower ids: one number orders the first two. */
function pick(all, grade) {
  const ids = largest(all.length, LIMIT, i => corpusCount(all[i]) - grade(all[i]) * 2 ** 40).map(
    i => all[i],
  );
  return { ids, total: all.length, exact: ids.length > 0 && grade(ids[0]) === 0, all };
}

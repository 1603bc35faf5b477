// Finding tokens by text, part, id or bytes. One lower-cased string holds the whole vocabulary.

import { bytes, corpusCount, text, vocabularySize } from './vocabulary.js';

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

function tokenAt(position) {
  let low = 0, high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= position) low = middle;
    else high = middle;
  }
  return low;
}

/** 0 exact, 1 prefix, 2 the same with other capitals, 3 a part; a leading space of the token may be left out. */
function quality(id, query, folded) {
  const value = text(id);
  const bare = query.startsWith(' ') ? value : value.replace(/^ /, '');
  if (bare === query || value === query) return 0;
  if (bare.startsWith(query)) return 1;
  return bare.toLowerCase().startsWith(folded) ? 2 : 3;
}

/** The tokens that match: `{ids, total}`, best first, ties by corpus count; at most 50. */
export function findTokens(input) {
  const byId = /^#(\d+)$/.exec(input.trim());
  if (byId) return pick([Number(byId[1])].filter(id => id < vocabularySize()), () => 0);
  const byBytes = /^0x((?:[0-9a-f]{2}\s?)+)$/i.exec(input.trim());
  if (byBytes) return findBytes(byBytes[1].replace(/\s/g, '').toUpperCase());
  prepareSearch();
  const query = input.replaceAll('·', ' ').replaceAll('⏎', '\n').replaceAll('⇥', '\t');
  const folded = query.toLowerCase();
  const hits = [];
  if (folded !== '') {
    for (let at = joined.indexOf(folded); at >= 0;) {
      const id = tokenAt(at);
      hits.push(id);
      at = joined.indexOf(folded, starts[id + 1]);
    }
  }
  return pick(hits, id => quality(id, query, folded));
}

function findBytes(digits) {
  const wanted = digits.match(/../g).join(' ');
  const encoder = new TextEncoder();
  const hits = [];
  for (let id = 0; id < vocabularySize(); id++) {
    const own = text(id) === null ? bytes(id)
      : Array.from(encoder.encode(text(id)), b => b.toString(16).padStart(2, '0').toUpperCase()).join(' ');
    if (` ${own} `.includes(` ${wanted} `)) hits.push([id, own]);
  }
  const own = new Map(hits);
  return pick(hits.map(([id]) => id), id => (own.get(id) === wanted ? 0 : own.get(id).startsWith(wanted) ? 1 : 3));
}

function pick(hits, grade) {
  const graded = hits.map(id => [id, grade(id), corpusCount(id)]);
  graded.sort((a, b) => a[1] - b[1] || b[2] - a[2] || a[0] - b[0]);
  return { ids: graded.slice(0, LIMIT).map(([id]) => id), total: hits.length, exact: graded[0]?.[1] === 0, all: hits };
}

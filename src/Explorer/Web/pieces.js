// Which tokens a word is made of, and the single tokens most like it.
// In a byte-level BPE vocabulary ids follow the order of the merges, so merging the neighbours whose
// union has the lowest id, again and again, gives the tokenizer's own cut.

import { bytes, corpusCount, isSpecial, text, vocabularySize } from './vocabulary.js';

const WORDS = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
let ids;

function binary(value) {
  return String.fromCharCode(...new TextEncoder().encode(value));
}

function prepare() {
  ids ??= new Map(Array.from({ length: vocabularySize() }, (_, id) => id).filter(id => !isSpecial(id)).map(id => [
    text(id) === null ? String.fromCharCode(...bytes(id).split(' ').map(b => parseInt(b, 16))) : binary(text(id)), id,
  ]));
}

/** The ids of the tokens of `value`; empty where the vocabulary lacks one of its bytes. */
export function piecesOf(value) {
  prepare();
  const found = [];
  for (const [word] of value.matchAll(WORDS)) {
    const parts = [...binary(word)];
    while (parts.length > 1) {
      let best = -1, lowest = Infinity;
      for (let i = 0; i + 1 < parts.length; i++) {
        const id = ids.get(parts[i] + parts[i + 1]);
        if (id !== undefined && id < lowest) [best, lowest] = [i, id];
      }
      if (best < 0) break;
      parts.splice(best, 2, parts[best] + parts[best + 1]);
    }
    if (!parts.every(part => ids.has(part))) return [];
    found.push(...parts.map(part => ids.get(part)));
  }
  return found;
}

function pairs(value) {
  const bare = `^${value.trim().toLowerCase()}$`;
  return new Set(Array.from({ length: bare.length - 1 }, (_, i) => bare.slice(i, i + 2)));
}

/** Single tokens most like `value` by shared pairs of letters (Dice), commoner first among equals. */
export function similarTokens(value, wanted) {
  const own = pairs(value);
  const found = [];
  for (let id = 0; id < vocabularySize(); id++) {
    const other = text(id);
    if (other === null || Math.abs(other.length - value.length) > 6 || other.trim().length < 3) continue;
    const theirs = pairs(other);
    let shared = 0;
    for (const pair of theirs) if (own.has(pair)) shared++;
    const dice = 2 * shared / (own.size + theirs.size);
    if (dice > 0.35) found.push([id, dice]);
  }
  found.sort((a, b) => b[1] - a[1] || corpusCount(b[0]) - corpusCount(a[0]));
  return found.slice(0, wanted).map(([id]) => id);
}

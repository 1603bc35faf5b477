// Which tokens a word is made of.
// In a byte-level BPE vocabulary ids follow the order of the merges, so merging the neighbours
// whose
// union has the lowest id, again and again, gives the tokenizer's own cut.

import { binary, binaryOf, isSpecial, vocabularySize } from './vocabulary.js';

const WORDS = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
let ids;

function prepare() {
  if (ids) return;
  ids = new Map();
  for (let id = 0; id < vocabularySize(); id++) if (!isSpecial(id)) ids.set(binary(id), id);
}

/** The ids of the tokens of `value`; empty where the vocabulary lacks one of its bytes. */
export function piecesOf(value) {
  prepare();
  const found = [];
  for (const [word] of value.matchAll(WORDS)) {
    const parts = [...binaryOf(word)];
    while (parts.length > 1) {
      let best = -1,
        lowest = Infinity;
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

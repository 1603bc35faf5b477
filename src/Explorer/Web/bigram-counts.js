// Pairs of the training text, decoded from LEB128 into rows by first token and columns by second.

import { array } from './data.js';
import { vocabularySize } from './vocabulary.js';

let rows, columns, inputs, pairs;

function decode() {
  const stream = array('bigrams');
  const size = vocabularySize();
  let at = 0;
  const read = () => {
    let value = 0,
      shift = 0,
      byte;
    do {
      byte = stream[at++];
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return value;
  };
  const offsets = new Uint32Array(size + 1);
  const other = new Uint32Array(stream.length >> 1),
    counts = new Uint32Array(stream.length >> 1);
  let cells = 0;
  for (let first = 0; first < size; first++) {
    const pairs = read();
    for (let i = 0, second = 0; i < pairs; i++) {
      second += read();
      other[cells] = second;
      counts[cells++] = read();
    }
    offsets[first + 1] = cells;
  }
  return { offsets, other: other.subarray(0, cells), counts: counts.subarray(0, cells) };
}

function transpose({ offsets, other, counts }) {
  const size = vocabularySize();
  const start = new Uint32Array(size + 1);
  for (const second of other) start[second + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const next = start.slice(),
    firsts = new Uint32Array(other.length),
    moved = new Uint32Array(other.length);
  for (let first = 0; first < size; first++) {
    for (let i = offsets[first]; i < offsets[first + 1]; i++) {
      const to = next[other[i]]++;
      firsts[to] = first;
      moved[to] = counts[i];
    }
  }
  return { offsets: start, other: firsts, counts: moved };
}

/** Decodes both directions; called when the page is idle, so that the first click need not wait. */
export function prepareCounts() {
  rows ??= decode();
  columns ??= transpose(rows);
  if (inputs) return;
  inputs = new Uint32Array(vocabularySize());
  for (let id = 0; id < inputs.length; id++) inputs[id] = total(rows, id);
  pairs = inputs.reduce((sum, one) => sum + one, 0);
}

function dense({ offsets, other, counts }, id) {
  const found = new Float64Array(vocabularySize());
  for (let i = offsets[id]; i < offsets[id + 1]; i++) found[other[i]] = counts[i];
  return found;
}

/** How often each token follows `first`: [vocab]. */
export function followers(first) {
  prepareCounts();
  return dense(rows, first);
}

/** How often each token stands before `second`: [vocab]. */
export function leaders(second) {
  prepareCounts();
  return dense(columns, second);
}

function total({ offsets, counts }, id) {
  let sum = 0;
  for (let i = offsets[id]; i < offsets[id + 1]; i++) sum += counts[i];
  return sum;
}

/** Pairs that begin with each token: how often it is an input with a next token in its document. */
export function asInput(id) {
  prepareCounts();
  return inputs[id];
}

/** The same for all tokens: [vocab]. */
export function allInputs() {
  prepareCounts();
  return inputs;
}

/** The share of a token among all predicted tokens. */
export function unigram(id) {
  prepareCounts();
  return total(columns, id) / pairs;
}

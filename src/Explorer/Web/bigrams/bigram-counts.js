// Pairs of the training text, decoded from LEB128 into rows by first token and columns by second.

import { vocabularySize } from '../tokens/vocabulary.js';

const known = new WeakMap();

/** The counts that a stream of bytes holds, decoded once. */
export function countsOf(stream) {
  if (!known.has(stream)) known.set(stream, new BigramCounts(stream));
  return known.get(stream);
}

class BigramCounts {
  #rows;
  #columns;
  #pairs;

  constructor(stream) {
    const size = vocabularySize();
    this.#rows = decode(stream, size);
    this.#columns = transpose(this.#rows, size);
    /** Pairs that begin with each token: how often it has a next token in its document, [vocab]. */
    this.inputs = Uint32Array.from({ length: size }, (_, id) => total(this.#rows, id));
    this.#pairs = this.inputs.reduce((sum, one) => sum + one, 0);
  }

  /** How often each token follows `first`: [vocab]. */
  followers(first) {
    return dense(this.#rows, first);
  }

  /** How often each token stands before `second`: [vocab]. */
  leaders(second) {
    return dense(this.#columns, second);
  }

  /** The share of a token among all predicted tokens. */
  unigram(id) {
    return total(this.#columns, id) / this.#pairs;
  }
}

function decode(stream, size) {
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

function transpose({ offsets, other, counts }, size) {
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

function dense({ offsets, other, counts }, id) {
  const found = new Float64Array(offsets.length - 1);
  for (let i = offsets[id]; i < offsets[id + 1]; i++) found[other[i]] = counts[i];
  return found;
}

function total({ offsets, counts }, id) {
  let sum = 0;
  for (let i = offsets[id]; i < offsets[id + 1]; i++) sum += counts[i];
  return sum;
}

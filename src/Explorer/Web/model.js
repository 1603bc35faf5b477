// The 0-layer model, read from its weights: logit(input, output) = W_E[input]·W_U[output] +
// b_U[output].
// Weights are one byte each with a scale per row, so a dot product is of small integers.

import { allInputs, asInput, followers, leaders, unigram } from './bigram-counts.js';
import { array, report } from './data.js';
import { largest } from './largest.js';
import { corpusCount, vocabularySize } from './vocabulary.js';

const recent = new Map(),
  lengths = new Map();

function remember(key, compute) {
  if (!recent.has(key)) {
    if (recent.size > 24) recent.delete(recent.keys().next().value);
    recent.set(key, compute());
  }
  return recent.get(key);
}

/** [vocab] products of one row of `left` with every row of `right`, in weights' units. */
function products(left, row, right) {
  const a = array(left),
    b = array(right),
    scales = array(`${right}.scale`);
  const size = vocabularySize(),
    width = a.length / size,
    scale = array(`${left}.scale`)[row];
  const query = Float64Array.from(a.subarray(row * width, (row + 1) * width));
  const found = new Float64Array(size);
  for (let other = 0, at = 0; other < size; other++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += query[i] * b[at++];
    found[other] = sum * scale * scales[other];
  }
  return found;
}

/** Euclidean length of every row: [vocab]. */
export function norms(name) {
  if (!lengths.has(name)) lengths.set(name, measure(name));
  return lengths.get(name);
}

function measure(name) {
  const values = array(name),
    scales = array(`${name}.scale`),
    size = vocabularySize(),
    width = values.length / size;
  const found = new Float64Array(size);
  for (let row = 0, at = 0; row < size; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++, at++) sum += values[at] * values[at];
    found[row] = Math.sqrt(sum) * scales[row];
  }
  return found;
}

/** Tokens whose row of `name` points most nearly the same way, seen in training: [{id, cosine}]. */
export function nearest(id, name, wanted) {
  return remember(`nearest ${name} ${id} ${wanted}`, () => {
    const dots = products(name, id, name),
      long = norms(name);
    const cosine = other => dots[other] / (long[other] * long[id]);
    return largest(dots.length, wanted, other =>
      other === id || corpusCount(other) === 0 ? NaN : cosine(other),
    ).map(other => ({ id: other, cosine: cosine(other) }));
  });
}

/** Float32 values of the report for the tokens that it lists, in place of the rounded ones. */
function exact(id, side) {
  return report().examples.find(table => table.token === id)?.[side] ?? [];
}

function logSumExp(values) {
  let most = -Infinity,
    sum = 0;
  for (const value of values) if (value > most) most = value;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

/**
 * What follows `id`: functions of a token that give the probability by the model, the count and the
 * frequency in the corpus; `inputs`, how often something follows.
 */
export function next(id) {
  return remember(`next ${id}`, () => {
    const probability = products('W_E', id, 'W_U'),
      bias = array('b_U');
    for (let other = 0; other < probability.length; other++) probability[other] += bias[other];
    const known = array('logSumExp')[id],
      normaliser = Number.isNaN(known) ? logSumExp(probability) : known;
    for (let other = 0; other < probability.length; other++)
      probability[other] = Math.exp(probability[other] - normaliser);
    for (const row of exact(id, 'next')) probability[row.id] = row.probability;
    const count = followers(id),
      inputs = asInput(id);
    return {
      probability: other => probability[other],
      count: other => count[other],
      inputs,
      frequency: other => (inputs > 0 ? count[other] / inputs : 0),
    };
  });
}

/**
 * What predicts `id`: functions of an input that give the logit, probability and lift, beside the
 * corpus'; NaN where the input's normaliser was not computed.
 */
export function previous(id) {
  return remember(`previous ${id}`, () => {
    const logit = products('W_U', id, 'W_E'),
      normaliser = array('logSumExp'),
      bias = array('b_U')[id];
    for (let input = 0; input < logit.length; input++) logit[input] += bias;
    const known = new Map(exact(id, 'previous').map(row => [row.id, row]));
    for (const row of known.values()) logit[row.id] = row.logit;
    const count = leaders(id),
      alone = unigram(id),
      inputs = allInputs();
    const probability = input =>
      known.get(input)?.probability ?? Math.exp(logit[input] - normaliser[input]);
    const frequency = input => (count[input] > 0 ? count[input] / inputs[input] : 0);
    return {
      logit: input => logit[input],
      probability,
      count: input => count[input],
      frequency,
      unigram: alone,
      lift: input => probability(input) / alone,
      corpusLift: input => frequency(input) / alone,
    };
  });
}

// The direct path of a model, read from its weights:
// logit(input, output) = W_E[input]·W_U[output] + b_U[output].
// Weights are one byte each with a scale per row, so a dot product is of small integers.

import { largest } from '../page/numbers.js';
import { declare, oneOf } from '../page/store.js';
import { corpusCount, countsKnown } from '../tokens/vocabulary.js';
import { countsOf } from './bigram-counts.js';

const RECENT = 24;
const models = new WeakMap();

declare({ matrix: { read: oneOf(['W_E', 'W_U']), initial: () => 'W_E' } });

/**
 * The model whose weights `arrays` gives: `W_E`, `W_U` (int8 [vocab, dModel], with `.scale`),
 * `b_U`, `logSumExp` (NaN for inputs that were not normalised), `bigrams`; one for the same weights.
 */
export function modelOf(arrays) {
  const weights = arrays('W_E');
  if (!models.has(weights)) models.set(weights, new Model(arrays));
  return models.get(weights);
}

class Model {
  #arrays;
  #recent = new Map();
  #lengths = new Map();

  constructor(arrays) {
    this.#arrays = arrays;
  }

  get counts() {
    return countsOf(this.#arrays('bigrams'));
  }

  #remember(key, compute) {
    if (!this.#recent.has(key)) {
      if (this.#recent.size > RECENT) this.#recent.delete(this.#recent.keys().next().value);
      this.#recent.set(key, compute());
    }
    return this.#recent.get(key);
  }

  /** [vocab] products of one row of `left` with every row of `right`, in weights' units. */
  #products(left, row, right) {
    const a = this.#arrays(left),
      b = this.#arrays(right),
      scales = this.#arrays(`${right}.scale`);
    const size = scales.length,
      width = a.length / size,
      scale = this.#arrays(`${left}.scale`)[row];
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
  norms(name) {
    if (!this.#lengths.has(name)) this.#lengths.set(name, this.#measure(name));
    return this.#lengths.get(name);
  }

  #measure(name) {
    const values = this.#arrays(name),
      found = Float64Array.from(this.#arrays(`${name}.scale`)),
      width = values.length / found.length;
    for (let row = 0, at = 0; row < found.length; row++) {
      let sum = 0;
      for (let i = 0; i < width; i++, at++) sum += values[at] * values[at];
      found[row] *= Math.sqrt(sum);
    }
    return found;
  }

  /**
   * Tokens, seen in training where that is known, whose row of `name` points most nearly the same
   * way: [{id, cosine}].
   */
  nearest(id, name, wanted) {
    return this.#remember(`nearest ${name} ${id} ${wanted}`, () => {
      const dots = this.#products(name, id, name),
        long = this.norms(name);
      const cosine = other => dots[other] / (long[other] * long[id]);
      return largest(dots.length, wanted, other =>
        other === id || (countsKnown() && corpusCount(other) === 0) ? NaN : cosine(other),
      ).map(other => ({ id: other, cosine: cosine(other) }));
    });
  }

  /**
   * What follows `id`: functions of a token that give the probability by the model, the count and
   * the frequency in the corpus; `inputs`, how often something follows. `exact`: rows known in full
   * precision, in place of the rounded ones.
   */
  next(id, exact = []) {
    return this.#remember(`next ${id}`, () => {
      const { counts } = this,
        probability = this.#products('W_E', id, 'W_U'),
        bias = this.#arrays('b_U');
      for (let other = 0; other < probability.length; other++) probability[other] += bias[other];
      const known = this.#arrays('logSumExp')[id],
        normaliser = Number.isNaN(known) ? logSumExp(probability) : known;
      for (let other = 0; other < probability.length; other++)
        probability[other] = Math.exp(probability[other] - normaliser);
      for (const row of exact) probability[row.id] = row.probability;
      const count = counts.followers(id),
        inputs = counts.inputs[id];
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
   * corpus'; NaN where the input's normaliser was not computed. `exact` as in `next`.
   */
  previous(id, exact = []) {
    return this.#remember(`previous ${id}`, () => {
      const { counts } = this,
        logit = this.#products('W_U', id, 'W_E'),
        normaliser = this.#arrays('logSumExp'),
        bias = this.#arrays('b_U')[id];
      for (let input = 0; input < logit.length; input++) logit[input] += bias;
      const known = new Map(exact.map(row => [row.id, row]));
      for (const row of exact) logit[row.id] = row.logit;
      const count = counts.leaders(id),
        alone = counts.unigram(id),
        { inputs } = counts;
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
}

function logSumExp(values) {
  let most = -Infinity,
    sum = 0;
  for (const value of values) if (value > most) most = value;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

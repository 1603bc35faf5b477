// The circuits of a head from weights in the page: scores W_E[d] QK W_E[s] and effects
// W_E[s] OV W_U[o], both against the average token of the text. Embeddings are one byte a weight
// with a scale a row, QK and OV float32 [dModel, dModel].

import { corpusCount, countsKnown } from './vocabulary.js';

const averages = new WeakMap();

/** One row of an embedding as numbers: [dModel]. */
function rowOf(arrays, name, id, width) {
  const values = arrays(name),
    scale = arrays(`${name}.scale`)[id];
  return Float64Array.from(values.subarray(id * width, (id + 1) * width), one => one * scale);
}

/** The average row, tokens weighted by how common they are. */
function averageOf(arrays, name, width) {
  const values = arrays(name);
  if (!averages.has(values)) {
    const scales = arrays(`${name}.scale`),
      found = new Float64Array(width);
    let total = 0;
    for (let id = 0; id < scales.length; id++) {
      const weight = countsKnown() ? corpusCount(id) : 1;
      total += weight;
      for (let i = 0; i < width; i++) found[i] += weight * scales[id] * values[id * width + i];
    }
    averages.set(
      values,
      found.map(one => one / total),
    );
  }
  return averages.get(values);
}

/** `vector` times a matrix [width, width], or times its transpose. */
function times(vector, matrix, transposed) {
  const width = vector.length,
    found = new Float64Array(width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      if (transposed) found[i] += matrix[i * width + j] * vector[j];
      else found[j] += matrix[i * width + j] * vector[i];
  return found;
}

/** The products of a vector with every row of an embedding, less that with the average: [vocab]. */
function products(arrays, name, vector, average) {
  const values = arrays(name),
    scales = arrays(`${name}.scale`),
    width = vector.length,
    found = new Float64Array(scales.length);
  let mean = 0;
  for (let i = 0; i < width; i++) mean += vector[i] * (average?.[i] ?? 0);
  for (let id = 0, at = 0; id < found.length; id++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += vector[i] * values[at++];
    found[id] = sum * scales[id] - mean;
  }
  return found;
}

/** The circuits of a head: `attends(d)`, `attendedBy(s)`, `writes(s)`, each [vocab]. */
export function circuitsOf(arrays, head, width) {
  const average = averageOf(arrays, 'W_E', width),
    above = id => rowOf(arrays, 'W_E', id, width).map((one, i) => one - average[i]);
  return {
    attends: id =>
      products(
        arrays,
        'W_E',
        times(rowOf(arrays, 'W_E', id, width), arrays(`QK.${head}`), false),
        average,
      ),
    attendedBy: id => products(arrays, 'W_E', times(above(id), arrays(`QK.${head}`), true)),
    writes: id =>
      products(
        arrays,
        'W_U',
        times(above(id), arrays(`OV.${head}`), false),
        averageOf(arrays, 'W_U', width),
      ),
  };
}

// The circuits of a head for one token, from weights in the page: scores W_E[a] QK W_E[b] and
// effects W_E[a] OV W_U[b]. Embeddings are one byte a weight with a scale a row, QK and OV float32
// [dModel, dModel].

/** What `arrays` has for a head: whether its circuits can be computed here. */
export function canCompute(record) {
  return record.dModel > 0;
}

/** One row of an embedding as numbers: [dModel]. */
function row(arrays, name, id, width) {
  const values = arrays(name),
    scale = arrays(`${name}.scale`)[id];
  return Float64Array.from(values.subarray(id * width, (id + 1) * width), one => one * scale);
}

/** `vector` times a float32 matrix [width, width], or times its transpose. */
function times(vector, matrix, width, transposed) {
  const found = new Float64Array(width);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      if (transposed) found[i] += matrix[i * width + j] * vector[j];
      else found[j] += matrix[i * width + j] * vector[i];
  return found;
}

/** The products of a vector with every row of an embedding: [vocab]. */
function products(arrays, name, vector) {
  const values = arrays(name),
    scales = arrays(`${name}.scale`),
    width = vector.length;
  const found = new Float64Array(scales.length);
  for (let id = 0, at = 0; id < found.length; id++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += vector[i] * values[at++];
    found[id] = sum * scales[id];
  }
  return found;
}

/** Attention scores of a token as destination over all sources, above their mean: [vocab]. */
export function attends(arrays, head, id, width) {
  const vector = times(row(arrays, 'W_E', id, width), arrays(`QK.${head}`), width, false);
  return centred(products(arrays, 'W_E', vector));
}

/** Scores of all destinations for a token as source, above their mean: [vocab]. */
export function attendedBy(arrays, head, id, width) {
  const vector = times(row(arrays, 'W_E', id, width), arrays(`QK.${head}`), width, true);
  return centred(products(arrays, 'W_E', vector));
}

/** What attending to a token adds to every logit, above the mean: [vocab]. */
export function writes(arrays, head, id, width) {
  const vector = times(row(arrays, 'W_E', id, width), arrays(`OV.${head}`), width, false);
  return centred(products(arrays, 'W_U', vector));
}

function centred(values) {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return values.map(one => one - mean);
}

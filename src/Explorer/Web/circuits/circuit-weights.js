// The circuits of a head from weights in the page: scores W_E[d] QK W_E[s] and effects
// W_E[s] OV W_U[o], both against the average token of the text. Embeddings are those of the tokens
// `ids`, one byte a weight with a scale a row; QK and OV are float32 [dModel, dModel].

/** Row `at` of an embedding as numbers: [dModel]. */
function rowOf(arrays, name, at, width) {
  const values = arrays(name),
    scale = arrays(`${name}.scale`)[at];
  return Float64Array.from(values.subarray(at * width, (at + 1) * width), one => one * scale);
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

/** The products of a vector with every row of an embedding, less that with `average`: [ids]. */
function products(arrays, name, vector, average) {
  const values = arrays(name),
    scales = arrays(`${name}.scale`),
    width = vector.length,
    found = new Float64Array(scales.length);
  let mean = 0;
  for (let i = 0; i < width; i++) mean += vector[i] * (average?.[i] ?? 0);
  for (let row = 0, at = 0; row < found.length; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += vector[i] * values[at++];
    found[row] = sum * scales[row] - mean;
  }
  return found;
}

/**
 * The circuits of a head at the token whose row is `at`: what it attends to, what attends to it,
 * what attending to it writes, what writes it; each [ids].
 */
export function circuitsOf(arrays, head, at) {
  const average = arrays('W_E.mean'),
    row = rowOf(arrays, 'W_E', at, average.length),
    above = row.map((one, i) => one - average[i]),
    qk = arrays(`QK.${head}`),
    ov = arrays(`OV.${head}`),
    mean = arrays('W_U.mean'),
    out = rowOf(arrays, 'W_U', at, mean.length).map((one, i) => one - mean[i]);
  return {
    attendsTo: products(arrays, 'W_E', times(row, qk, false), average),
    attendedBy: products(arrays, 'W_E', times(above, qk, true)),
    writes: products(arrays, 'W_U', times(above, ov, false), mean),
    writtenBy: products(arrays, 'W_E', times(out, ov, true), average),
  };
}

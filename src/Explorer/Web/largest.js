// Choosing the largest of many.

/**
 * The largest `wanted` of `size` candidates by `key`, best first; NaN is left out, ties go to
 * the lower index.
 */
export function largest(size, wanted, key) {
  const ids = [],
    keys = [];
  for (let id = 0; id < size; id++) {
    const value = key(id);
    if (Number.isNaN(value) || (ids.length === wanted && value <= keys[wanted - 1])) continue;
    let at = ids.length;
    while (at > 0 && keys[at - 1] < value) at--;
    ids.splice(at, 0, id);
    keys.splice(at, 0, value);
    if (ids.length > wanted) {
      ids.pop();
      keys.pop();
    }
  }
  return ids;
}

// Attention patterns as small pictures: one byte a cell, pooled by maximum so that thin diagonals
// stay.

import { decode } from '../page/data.js';
import { h } from '../page/dom.js';
import { ramp, scheme } from '../page/theme.js';

const CURVE = 0.7;
const pictures = new WeakMap(),
  sets = new WeakMap();

/** [shown, shown] from [size, size]: the largest byte of the cells under each. */
function pooled(bytes, size, shown) {
  if (size <= shown) return { bytes, size };
  const small = new Uint8Array(shown * shown);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const at = Math.floor((row * shown) / size) * shown + Math.floor((column * shown) / size);
      small[at] = Math.max(small[at], bytes[row * size + column]);
    }
  return { bytes: small, size: shown };
}

/**
 * The picture of one pattern [size, size] as a data address, `shown` pixels wide, in the colours
 * of `mode`; `most` is the byte that takes the strongest colour, the same for pictures that are
 * compared.
 */
export function pictureOf(bytes, size, shown, most, mode = scheme()) {
  const key = `${shown} ${most} ${mode}`;
  if (!pictures.has(bytes)) pictures.set(bytes, new Map());
  const known = pictures.get(bytes);
  if (!known.has(key)) {
    const small = pooled(bytes, size, shown),
      canvas = h('canvas', { width: small.size, height: small.size }),
      context = canvas.getContext('2d'),
      image = context.createImageData(small.size, small.size),
      colours = ramp(mode);
    small.bytes.forEach((byte, i) => {
      const [r, g, b] = colours[Math.round(255 * Math.min(1, byte / Math.max(1, most)) ** CURVE)];
      image.data.set([r, g, b, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
    known.set(key, canvas.toDataURL());
  }
  return known.get(key);
}

/**
 * The patterns of a model's heads on one passage: `{size, most, of(head)}` from
 * `{size, heads: [name], cells: base64 [head, size, size]}`.
 */
export function patternsOf(set) {
  if (!sets.has(set)) sets.set(set, unpacked(set));
  return sets.get(set);
}

function unpacked({ size, heads, cells }) {
  const all = decode(cells),
    each = new Map();
  let most = 1;
  for (const byte of all) most = Math.max(most, byte);
  heads.forEach((head, i) => {
    each.set(head, all.subarray(i * size * size, (i + 1) * size * size));
  });
  return { size, most, of: head => each.get(head) };
}

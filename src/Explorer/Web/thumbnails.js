// Attention patterns as small pictures: one byte a cell, pooled by maximum so that thin diagonals
// stay.

import { decode } from './data.js';
import { h } from './dom.js';
import { colour, ramp, scheme } from './theme.js';

const CURVE = 0.7;
const pictures = new Map();

/** The diverging scale: 256 colours from −1 through the page at 0 to +1. */
export function diverging(mode) {
  const low = [3, 2, 1].map(i => colour(`div${i}`, mode));
  const stops = [...low, ...[0, 1, 2, 3, 4].map(i => colour(`seq${i}`, mode))];
  const places = [0, 0.5, 0.875, 1, 1.125, 1.5, 1.75, 2].map(one => one / 2);
  return Array.from({ length: 256 }, (_, i) => {
    const at = i / 255;
    const next = Math.max(1, places.findIndex(place => place >= at)),
      part = (at - places[next - 1]) / (places[next] - places[next - 1]);
    return stops[next - 1].map((v, c) => Math.round(v + (stops[next][c] - v) * part));
  });
}

/** [shown, shown] from [size, size]: the largest byte of the cells under each. */
export function pooled(bytes, size, shown) {
  if (size <= shown) return { bytes, size };
  const small = new Uint8Array(shown * shown);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const at =
        Math.floor((row * shown) / size) * shown + Math.floor((column * shown) / size);
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
export function patternsOf({ size, heads, cells }) {
  const all = decode(cells),
    each = new Map();
  let most = 1;
  for (const byte of all) most = Math.max(most, byte);
  heads.forEach((head, i) => {
    each.set(head, all.subarray(i * size * size, (i + 1) * size * size));
  });
  return { size, most, of: head => each.get(head) };
}

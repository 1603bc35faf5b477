// Attention maps as they are packed into a page, and their colours. A map is the lower triangle of
// [query, key]: the value of query q and key k ≤ q stands at q (q + 1) / 2 + k.

import { decode } from '../page/data.js';
import { inkOn } from './colours.js';
import { h } from '../page/dom.js';
import { ramp, scheme } from '../page/theme.js';

const LEVELS = 1024,
  CURVE = 0.7,
  EASY_ROWS = 8;
const decoded = new WeakMap(),
  shaders = new Map();
let halves;

/** The place of (q, k) in a packed map. */
export function placeOf(q, k) {
  return (q * (q + 1)) / 2 + k;
}

/** The 65,536 values of a half float. */
function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1,
      exponent = (bits >> 10) & 31,
      fraction = bits & 1023;
    halves[bits] =
      exponent === 0
        ? sign * fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? NaN
            : sign * Infinity
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halves;
}

/**
 * Unpacks `{type: 'uint8' | 'float16', maps: [name], positions, scale, data: base64}` once: gives
 * `{names, positions, has(name), of(name) → Float32Array}`.
 */
export function unpack(packed) {
  if (!decoded.has(packed)) decoded.set(packed, unpackNow(packed));
  return decoded.get(packed);
}

function unpackNow({ type, maps, positions, scale, data }) {
  const bytes = decode(data),
    each = (positions * (positions + 1)) / 2,
    values = new Float32Array(maps.length * each);
  const width = type === 'float16' ? 2 : 1;
  if (bytes.length !== width * values.length)
    throw new Error(
      `The patterns are cut short: ${bytes.length} of ${width * values.length} bytes. ` +
        'Write the report again.',
    );
  if (width === 2) {
    const table = halfTable();
    for (let i = 0; i < values.length; i++)
      values[i] = table[bytes[2 * i] | (bytes[2 * i + 1] << 8)] * scale;
  } else for (let i = 0; i < values.length; i++) values[i] = (bytes[i] / 255) * scale;
  const index = new Map(maps.map((name, i) => [name, i]));
  return {
    names: maps,
    positions,
    has: name => index.has(name),
    of: name => values.subarray(index.get(name) * each, (index.get(name) + 1) * each),
  };
}

/**
 * The value that takes the strongest colour, for all maps that are compared: the largest of the rows
 * after the first few, which have almost nothing to choose from, rounded up to 1, 2 or 5 times a
 * power of ten; `{top, clipped}`.
 */
export function topOf(unpacked) {
  unpacked.top ??= measureTop(unpacked);
  return unpacked.top;
}

function measureTop({ names, positions, of }) {
  const first = placeOf(Math.min(EASY_ROWS, positions >> 2), 0);
  let most = 0,
    all = 0;
  for (const name of names) {
    const values = of(name);
    for (let i = 0; i < values.length; i++) {
      if (values[i] > all) all = values[i];
      if (i >= first && values[i] > most) most = values[i];
    }
  }
  if (most <= 0) return { top: all || 1, clipped: false };
  const power = 10 ** Math.floor(Math.log10(most));
  const top = power * [1, 2, 5, 10].find(factor => factor * power >= most * 0.98);
  return { top, clipped: all > top * 1.0001 };
}

/**
 * Colours of values from 0 to `top`, the same for the same scale: `level(value)` is 0…1023, `table`
 * holds pixels for them, `css` colours, `ink(level)` that of text on it.
 */
export function shaderOf(top, linear, mode = scheme()) {
  const key = `${top} ${linear} ${mode}`;
  if (!shaders.has(key)) {
    if (shaders.size > 16) shaders.clear();
    shaders.set(key, makeShader(top, linear, mode));
  }
  return shaders.get(key);
}

function makeShader(top, linear, mode) {
  const colours = ramp(mode),
    table = new Uint32Array(LEVELS),
    css = new Array(LEVELS),
    inks = new Array(LEVELS),
    names = colours.map(one => inkOn(one, mode));
  for (let i = 0; i < LEVELS; i++) {
    const at = Math.round(255 * shade(i / (LEVELS - 1), linear)),
      [r, g, b] = colours[at];
    table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
    css[i] = `rgb(${r} ${g} ${b})`;
    inks[i] = `var(--${names[at]})`;
  }
  const factor = (LEVELS - 1) / top;
  return {
    top,
    linear,
    table,
    css,
    level: value => (value > 0 ? Math.min(LEVELS - 1, Math.round(value * factor)) : 0),
    ink: level => inks[level],
  };
}

/** Where a share of the top lies on the scale, 0…1. */
export function shade(share, linear) {
  return linear ? share : Math.max(0, Math.min(1, share)) ** CURVE;
}

/**
 * Paints the window of a map, one pixel a cell: rows from `row`, columns from `column`, `size` of
 * both. What the mask hides stays clear.
 */
export function paintWindow(canvas, values, { row, column, size }, { table, top }) {
  const context = canvas.getContext('2d');
  if (canvas.width !== size || canvas.height !== size) canvas.width = canvas.height = size;
  const image = context.createImageData(size, size),
    pixels = new Uint32Array(image.data.buffer),
    factor = (LEVELS - 1) / top;
  for (let y = 0; y < size; y++) {
    const q = row + y,
      start = placeOf(q, 0) + column,
      last = Math.min(size - 1, q - column);
    for (let x = 0; x <= last; x++) {
      const value = values[start + x] * factor;
      pixels[y * size + x] = table[value >= LEVELS - 1 ? LEVELS - 1 : (value + 0.5) | 0];
    }
  }
  context.putImageData(image, 0, 0);
}

/** Paints a whole map at most `shown` pixels wide: each pixel the largest of its cells. */
export function paintThumbnail(canvas, values, positions, shown, { table, top }) {
  const size = Math.min(positions, shown),
    context = canvas.getContext('2d');
  canvas.width = canvas.height = size;
  const most = new Float32Array(size * size).fill(-1),
    to = new Uint16Array(positions);
  for (let i = 0; i < positions; i++) to[i] = Math.floor((i * size) / positions);
  for (let q = 0, at = 0; q < positions; q++) {
    const line = to[q] * size;
    for (let k = 0; k <= q; k++, at++) {
      const cell = line + to[k];
      if (values[at] > most[cell]) most[cell] = values[at];
    }
  }
  const image = context.createImageData(size, size),
    pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < most.length; i++)
    if (most[i] >= 0)
      pixels[i] = table[Math.min(LEVELS - 1, Math.round((most[i] * (LEVELS - 1)) / top))];
  context.putImageData(image, 0, 0);
}

/**
 * A canvas for a small map, `side` pixels wide with its border of 1. `paint` is called with how
 * many pixels of the screen it has: a map of more positions is pooled to these, for the browser
 * would leave some out.
 */
export function smallCanvas(side, paint) {
  const inside = side - 2,
    size = { width: `${inside}px`, height: `${inside}px` },
    canvas = h('canvas.small-map', { style: size });
  paint?.(canvas, Math.floor(inside * devicePixelRatio));
  return canvas;
}

/** A head's map as a small picture, in the colours of all maps beside it. */
export function thumbnail(packed, name, side, linear = false) {
  const maps = unpack(packed),
    shader = shaderOf(topOf(maps).top, linear);
  return smallCanvas(side, (canvas, shown) =>
    paintThumbnail(canvas, maps.of(name), maps.positions, shown, shader),
  );
}

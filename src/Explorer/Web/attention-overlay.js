// What lies over an attention map: axes, staircase, locked row, hovered column. SVG, on the page and
// in exported files.

import { s } from './dom.js';
import { axisLabel } from './running-text.js';
import { hex } from './theme.js';
import { units } from './vocabulary.js';

export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const LINE = 13;

/** Where things lie: a square map with room for labels left and above. */
export function layout(width) {
  const narrow = width < 420;
  const left = narrow ? 74 : 88,
    top = narrow ? 66 : 76,
    side = Math.max(80, Math.floor(width - left - 2));
  return { narrow, left, top, side, width, height: top + side + 22 };
}

/** Positions that get a label: those that are pointed at, then content words, then the rest. */
export function labelled(tokens, from, size, cell, first) {
  const taken = [],
    chosen = new Set();
  const place = at => {
    const middle = (at - from + 0.5) * cell;
    if (taken.some(one => Math.abs(one - middle) < LINE)) return;
    taken.push(middle);
    chosen.add(at);
  };
  const inside = at => at !== null && at >= from && at < from + size;
  for (const at of first) if (inside(at)) place(at);
  for (const long of [true, false])
    for (let at = from; at < from + size; at++)
      if (units(tokens[at]).length >= 5 === long) place(at);
  return chosen;
}

/** The overlay as an `<svg>`; with `mode` its colours are fixed. `map` goes under it for export. */
export function drawOverlay(view, window, box, mode, picture) {
  const paint = name => (mode ? hex(name, mode) : `var(--${name})`);
  const { left, top, side } = box,
    { row, column, size } = window,
    cell = side / size;
  const root = s('svg', {
    width: box.width,
    height: box.height,
    viewBox: `0 0 ${box.width} ${box.height}`,
    'font-family': SANS,
    'font-size': 12,
    'aria-hidden': 'true',
  });
  const x = k => left + (k - column) * cell,
    y = q => top + (q - row) * cell;
  if (picture)
    root.append(
      s('image', {
        x: left,
        y: top,
        width: side,
        height: side,
        href: picture,
        style: { 'image-rendering': 'pixelated' },
      }),
    );
  if (cell >= 6) root.append(gaps(window, box, cell, paint));
  root.append(staircase(window, box, cell, paint));
  axes(root, view, window, box, cell, paint);
  marks(root, view, window, box, cell, paint, x, y);
  return root;
}

/** Hairlines of the page's colour between cells. */
function gaps({ size }, { left, top, side }, cell, paint) {
  let d = '';
  for (let i = 1; i < size; i++) {
    const at = (i * cell).toFixed(2);
    d += `M${left},${top + Number(at)}h${side}M${left + Number(at)},${top}v${side}`;
  }
  return s('path', { d, stroke: paint('bg'), 'stroke-width': cell > 9 ? 1 : 0.6, fill: 'none' });
}

/** The border of what a query can see, in steps where they are large enough to be seen. */
function staircase({ row, column, size }, { left, top, side }, cell, paint) {
  const clip = value => Math.max(0, Math.min(size, value));
  const edge = i => left + clip(row + i + 1 - column) * cell;
  let d = `M${left},${top}`;
  if (cell >= 3) {
    for (let i = 0; i < size; i++)
      d += `L${edge(i).toFixed(2)},${(top + i * cell).toFixed(2)}V${(top + (i + 1) * cell).toFixed(2)}`;
  } else {
    const start = clip(row - column);
    d += `L${left + start * cell},${top}`;
    const meets = clip(column + size - row);
    d += `L${left + clip(row + meets - column) * cell},${top + meets * cell}L${edge(size - 1)},${top + side}`;
  }
  d += `L${left},${top + side}Z`;
  return s('path', { d, fill: 'none', stroke: paint('rule2'), 'stroke-width': 1 });
}

function axes(root, view, { row, column, size }, box, cell, paint) {
  const { left, top, side, narrow } = box,
    { tokens, query, key } = view,
    cells = narrow ? 8 : 11;
  const text = (at, bold, room, attributes) =>
    s(
      'text',
      {
        'font-family': MONO,
        'font-size': 11,
        fill: paint(bold ? 'ink' : 'ink2'),
        'font-weight': bold ? 700 : null,
        ...attributes,
      },
      axisLabel(tokens[at], room),
    );
  for (const at of labelled(tokens, row, size, cell, [query, key])) {
    const py = top + (at - row + 0.5) * cell + 4;
    root.append(
      text(at, at === query || at === key, cells, { x: left - 6, y: py, 'text-anchor': 'end' }),
    );
  }
  for (const at of labelled(tokens, column, size, cell, [key, query])) {
    const px = left + (at - column + 0.5) * cell + 4;
    root.append(
      text(at, at === key || at === query, Math.min(10, cells), {
        transform: `translate(${px} ${top - 6}) rotate(-90)`,
      }),
    );
  }
  root.append(
    s('text', { x: left - 6, y: top - 7, 'text-anchor': 'end', fill: paint('ink3') }, 'query ↓'),
    s(
      'text',
      { x: left + side, y: top + side + 16, 'text-anchor': 'end', fill: paint('ink3') },
      'key →',
    ),
  );
}

function marks(root, view, { row, column, size }, box, cell, paint, x, y) {
  const { query, key, lockedQuery, lockedKey } = view;
  const seesRow = query !== null && query >= row && query < row + size;
  const seesColumn = key !== null && key >= column && key < column + size;
  const end = q => Math.min(column + size, q + 1);
  if (seesColumn) {
    const from = Math.max(key, row);
    root.append(
      s('rect', {
        x: x(key) - 0.5,
        y: y(from) - 0.5,
        width: cell + 1,
        height: (row + size - from) * cell + 1,
        fill: 'none',
        stroke: paint('ink'),
        'stroke-width': lockedKey === key ? 1.5 : 1,
        'stroke-dasharray': lockedKey === key ? null : '2 2',
      }),
    );
  }
  if (seesRow && end(query) > column)
    root.append(
      s('rect', {
        x: x(column) - 0.5,
        y: y(query) - 0.75,
        width: (end(query) - column) * cell + 1,
        height: Math.max(cell, 3) + 1.5,
        fill: 'none',
        stroke: paint('ink'),
        'stroke-width': lockedQuery === query ? 2 : 1.5,
      }),
    );
}

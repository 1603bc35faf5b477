// What lies over an attention map: axes, staircase, locked row, hovered column. SVG, on the page and
// in exported files.

import { MONO, sheet } from '../figures/sheet.js';
import { axisLabel } from '../tokens/running-text.js';
import { units } from '../tokens/vocabulary.js';

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
function labelled(tokens, from, size, cell, first) {
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
  const { left, top, side } = box,
    cell = side / window.size,
    paper = sheet(box.width, box.height, mode);
  paper.element.setAttribute('aria-hidden', true);
  if (picture) paper.picture(picture, left, top, side, side);
  if (cell >= 6) gaps(paper, window, box, cell);
  staircase(paper, window, box, cell);
  axes(paper, view, window, box, cell);
  marks(paper, view, window, box, cell);
  return paper.element;
}

/** Hairlines of the page's colour between cells. */
function gaps(paper, { size }, { left, top, side }, cell) {
  let d = '';
  for (let i = 1; i < size; i++) {
    const at = (i * cell).toFixed(2);
    d += `M${left},${top + Number(at)}h${side}M${left + Number(at)},${top}v${side}`;
  }
  paper.path(d, { stroke: 'bg', 'stroke-width': cell > 9 ? 1 : 0.6 });
}

/** The border of what a query can see, in steps where they are large enough to be seen. */
function staircase(paper, { row, column, size }, { left, top, side }, cell) {
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
  paper.path(d, { stroke: 'rule2', 'stroke-width': 1 });
}

function axes(paper, { tokens, query, key }, { row, column, size }, box, cell) {
  const { left, top, side, narrow } = box,
    cells = narrow ? 8 : 11,
    ink3 = { 'text-anchor': 'end', fill: 'ink3' };
  const label = (at, room, place) => {
    const bold = at === query || at === key;
    paper.add(
      'text',
      {
        'font-family': MONO,
        'font-size': 11,
        fill: bold ? 'ink' : 'ink2',
        'font-weight': bold ? 700 : null,
        ...place,
      },
      axisLabel(tokens[at], room),
    );
  };
  for (const at of labelled(tokens, row, size, cell, [query, key])) {
    const y = top + (at - row + 0.5) * cell + 4;
    label(at, cells, { x: left - 6, y, 'text-anchor': 'end' });
  }
  for (const at of labelled(tokens, column, size, cell, [key, query])) {
    const x = left + (at - column + 0.5) * cell + 4;
    label(at, Math.min(10, cells), { transform: `translate(${x} ${top - 6}) rotate(-90)` });
  }
  paper.text(left - 6, top - 7, 'query ↓', ink3);
  paper.text(left + side, top + side + 16, 'key →', ink3);
}

/** The shown column, dashed unless it is locked, and the shown row. */
function marks(paper, view, { row, column, size }, { left, top }, cell) {
  const { query, key, lockedQuery, lockedKey } = view,
    inside = (at, from) => at !== null && at >= from && at < from + size,
    x = k => left + (k - column) * cell,
    y = q => top + (q - row) * cell;
  const frame = (at, wide, tall, look) =>
    paper.rect(...at, wide, tall, { fill: 'none', stroke: 'ink', ...look });
  if (inside(key, column)) {
    const from = Math.max(key, row),
      locked = lockedKey === key;
    frame([x(key) - 0.5, y(from) - 0.5], cell + 1, (row + size - from) * cell + 1, {
      'stroke-width': locked ? 1.5 : 1,
      'stroke-dasharray': locked ? null : '2 2',
    });
  }
  const end = Math.min(column + size, query + 1);
  if (inside(query, row) && end > column)
    frame([x(column) - 0.5, y(query) - 0.75], (end - column) * cell + 1, Math.max(cell, 3) + 1.5, {
      'stroke-width': lockedQuery === query ? 2 : 1.5,
    });
}

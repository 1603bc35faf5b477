// The drawing of vt-attribution: columns of signed bars, each headed by the value that it sums to.

import { signed } from '../page/numbers.js';
import { MONO, sheet } from '../figures/sheet.js';

const ROW = 22,
  HEAD = 30,
  GAP = 44,
  VALUE = 52;

/** How many columns stand side by side, and how wide each is. */
function columnsIn(width, wanted) {
  const beside = width >= 300 * wanted - 60 ? wanted : width >= 560 ? 2 : 1;
  return { beside, each: Math.floor((width - GAP * (beside - 1)) / beside) };
}

/**
 * `columns`: [{title, total, rows: [{key, head?, label, value, mono?, chosen?, over?, rest?}]}]. Rows
 * with a key can be pointed at: they are `<g data-part>`.
 */
export function drawColumns(columns, width, mode) {
  const { beside, each } = columnsIn(width, columns.length);
  const heights = columns.map(({ rows }) => HEAD + rows.length * ROW + 12);
  let height = 0;
  const places = columns.map((_, i) => {
    const line = Math.floor(i / beside),
      own = heights.slice(line * beside, (line + 1) * beside);
    if (i % beside === 0 && i > 0)
      height += Math.max(...heights.slice((line - 1) * beside, line * beside)) + 12;
    return { x: (i % beside) * (each + GAP), y: height, tall: Math.max(...own) };
  });
  const total = height + places.at(-1).tall;
  const page = sheet(width, total, mode);
  columns.forEach((column, i) => {
    const layer = page.group({ transform: `translate(${places[i].x} ${places[i].y})` });
    drawColumn(layer, column, each);
    if (i > 0 && i % beside > 0) drawArrow(page, columns[i - 1], places[i - 1], each);
  });
  return page.element;
}

/** From the chosen row to the column that it opens. */
function drawArrow(page, { rows }, { x, y }, each) {
  const at = rows.findIndex(row => row.chosen);
  if (at < 0) return;
  const middle = y + HEAD + (at + 0.5) * ROW,
    from = x + each + 8,
    to = x + each + GAP - 10;
  page.line(from, middle, to, middle, { stroke: 'ink3' });
  page.path(`M${to - 5},${middle - 4}L${to},${middle}L${to - 5},${middle + 4}`, { stroke: 'ink3' });
}

function drawColumn(layer, { title, total, rows }, width) {
  layer.heading(0, 14, title);
  layer.textEnd(width, 14, signed(total), { fill: 'ink' });
  const labels = Math.min(
    0.42 * width,
    14 + 7.4 * Math.max(...rows.map(row => [...row.label].length), 4),
  );
  const values = rows.map(row => row.value).filter(Number.isFinite);
  const low = Math.min(0, ...values),
    high = Math.max(0, ...values),
    span = high - low || 1;
  const left = labels,
    right = width - VALUE - 6;
  const place = value => left + ((value - low) / span) * (right - left);
  const zero = place(0),
    bottom = HEAD + rows.length * ROW;
  rows.forEach((row, i) => {
    const y = HEAD + i * ROW,
      part = layer.group(
        row.key
          ? {
              'data-part': row.key,
              'data-head': row.head,
              tabindex: -1,
              role: 'option',
              'aria-label': `${row.label} ${signed(row.value)}`,
              'aria-selected': Boolean(row.chosen),
              class: 'part',
            }
          : { class: 'part' },
      );
    part.rect(-4, y, width + 8, ROW, {
      fill: row.chosen ? 'band' : 'transparent',
      class: 'part-back',
    });
    if (row.over)
      part.rect(-3.25, y + 0.75, width + 6.5, ROW - 1.5, {
        fill: 'none',
        stroke: 'ink',
        'stroke-width': 1.5,
      });
    const ink = row.rest ? 'ink3' : row.chosen || row.over ? 'ink' : 'ink2',
      weight = row.chosen ? 600 : null;
    part.text(0, y + 15, row.label, {
      fill: ink,
      'font-weight': weight,
      'font-family': row.mono ? MONO : null,
    });
    if (Number.isFinite(row.value)) {
      const at = place(row.value);
      part.rect(Math.min(zero, at), y + 6, Math.abs(at - zero), 10, {
        fill: row.value < 0 ? 'neg' : 'pos',
        opacity: row.rest ? 0.5 : null,
      });
    }
    part.textEnd(width, y + 15, signed(row.value), {
      fill: row.chosen || row.over ? 'ink' : 'ink2',
      'font-weight': weight,
    });
  });
  layer.line(zero, HEAD, zero, bottom, { stroke: 'rule2' });
}

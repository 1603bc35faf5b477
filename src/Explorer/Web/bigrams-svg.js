// The two bigram tables as one drawing with real text, for export: always light.

import { s } from './dom.js';
import { count, percent } from './numbers.js';
import { hex } from './theme.js';
import { display } from './vocabulary.js';

const MONO = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const SANS = 'system-ui, "Segoe UI", Roboto, Arial, sans-serif';
const WIDTH = 440,
  GAP = 36,
  ROW = 26,
  TOP = 92;

function label(x, y, value, attributes) {
  return s(
    'text',
    { x, y, 'font-family': SANS, 'font-size': 12, fill: hex('ink', 'light'), ...attributes },
    value,
  );
}

function drawTable(x, { title, note, rows, format, ticks }) {
  const ink2 = hex('ink2', 'light'),
    ink3 = hex('ink3', 'light');
  const values = rows.flatMap(row => (ticks ? [row.model, row.corpus] : [row.model]));
  const low = Math.min(0, ...values),
    width = Math.max(0, ...values) - low || 1;
  const right = [x + WIDTH - 132, x + WIDTH - 62, x + WIDTH];
  const parts = [
    label(x, 44, title, { 'font-weight': 600, 'font-size': 13 }),
    label(x, 61, note, { fill: ink2 }),
    label(x, 84, 'token', { fill: ink2 }),
    ...['model', 'corpus', 'count'].map((name, i) =>
      label(right[i], 84, name, { fill: ink2, 'text-anchor': 'end' }),
    ),
    s('line', { x1: x, x2: x + WIDTH, y1: TOP, y2: TOP, stroke: hex('rule2', 'light') }),
  ];
  rows.forEach((row, i) => {
    const y = TOP + ROW * (i + 1),
      base = y - 9;
    const place = value => x + 120 + (120 * (value - low)) / width;
    parts.push(
      label(x, base, display(row.id), { 'font-family': MONO, 'font-size': 12.5 }),
      s('rect', {
        x: Math.min(place(0), place(row.model)),
        y: y - 18,
        height: 10,
        width: Math.abs(place(row.model) - place(0)),
        fill: hex(row.model < 0 ? 'neg' : 'pos', 'light'),
      }),
      label(right[0], base, format(row.model), { 'text-anchor': 'end' }),
      label(right[1], base, ticks ? format(row.corpus) : percent(row.corpus), {
        'text-anchor': 'end',
        fill: ink3,
      }),
      label(right[2], base, count(row.count), { 'text-anchor': 'end', fill: ink3 }),
      s('line', { x1: x, x2: x + WIDTH, y1: y, y2: y, stroke: hex('rule', 'light') }),
    );
    if (ticks)
      parts.push(
        s('rect', {
          x: place(row.corpus) - 1,
          y: y - 21,
          width: 2,
          height: 16,
          fill: hex('ink', 'light'),
        }),
      );
  });
  return parts;
}

/** An `<svg>` of the tables side by side under the name of the token. */
export function drawTables(token, tables) {
  const width = tables.length * (WIDTH + GAP) - GAP;
  const height = TOP + ROW * Math.max(...tables.map(table => table.rows.length)) + 12;
  return s(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height },
    s(
      'text',
      { x: 0, y: 18, 'font-family': MONO, 'font-size': 18, fill: hex('ink', 'light') },
      display(token),
    ),
    tables.map((table, i) => s('g', null, drawTable(i * (WIDTH + GAP), table))),
  );
}

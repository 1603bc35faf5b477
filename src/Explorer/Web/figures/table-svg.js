// A table as a drawing with real text, for export: always light.

import { sum } from '../page/numbers.js';
import { MONO, sheet } from './sheet.js';

const ROW = 26,
  TOP = 30,
  GAP = 36;

/**
 * `columns`: [{label, width, kind: 'text' | 'token' | 'number' | 'bar', of(row), tick?(row)}]; bars
 * and their ticks share one scale that holds zero.
 */
export function drawTable(columns, rows, title) {
  const width = sum(columns.map(column => column.width)),
    top = TOP + (title ? 22 : 0),
    paper = sheet(width, top + ROW * rows.length + 8, 'light'),
    bars = columns
      .filter(one => one.kind === 'bar')
      .flatMap(({ of, tick }) => rows.flatMap(row => (tick ? [of(row), tick(row)] : [of(row)]))),
    low = Math.min(0, ...bars),
    span = Math.max(0, ...bars) - low || 1;
  if (title) paper.heading(0, 14, title, { 'font-size': 13 });
  let left = 0;
  for (const { label, width: room, kind, of, tick } of columns) {
    const right = left + room - 12,
      number = kind === 'number';
    const place = value => left + ((room - 24) * (value - low)) / span;
    paper.text(number ? right : left, top - 8, label, { 'text-anchor': number ? 'end' : 'start' });
    rows.forEach((row, i) => {
      const value = of(row),
        y = top + ROW * i;
      if (kind === 'bar')
        paper.rect(Math.min(place(0), place(value)), y + 8, Math.abs(place(value) - place(0)), 10, {
          fill: value < 0 ? 'neg' : 'pos',
        });
      if (tick) paper.rect(place(tick(row)) - 1, y + 5, 2, 16, { fill: 'ink' });
      if (kind !== 'bar')
        paper.text(number ? right : left, y + 17, value, {
          'text-anchor': number ? 'end' : 'start',
          'font-family': kind === 'token' ? MONO : null,
          fill: 'ink',
        });
    });
    left += room;
  }
  for (let i = 0; i <= rows.length; i++)
    paper.line(0, top + ROW * i, width, top + ROW * i, { stroke: i === 0 ? 'rule2' : 'rule' });
  return paper.element;
}

/** A column of numbers. */
export function numberColumn(label, width, of) {
  return { label, width, kind: 'number', of };
}

/** Drawings side by side, as one. */
export function besideEachOther(drawings) {
  const of = (one, name) => Number(one.getAttribute(name)),
    width = drawings.reduce((sum, one) => sum + of(one, 'width') + GAP, -GAP),
    paper = sheet(width, Math.max(...drawings.map(one => of(one, 'height'))), 'light');
  let left = 0;
  for (const one of drawings) {
    one.setAttribute('x', left);
    paper.element.append(one);
    left += of(one, 'width') + GAP;
  }
  return paper.element;
}

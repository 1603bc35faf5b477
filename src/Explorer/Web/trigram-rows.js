// What vt-skip-trigrams exports: its rows as text, and as a drawing.

import { count, score, signed } from './numbers.js';
import { drawTable } from './table-svg.js';
import { display, escapedBytes } from './vocabulary.js';

const NAMES = ['source', 'destination', 'out'];

/** One row a skip-trigram, full precision; the first of names. */
export function trigramRows(rows) {
  const header = [
    'head',
    ...NAMES,
    ...NAMES.map(name => `${name} id`),
    ...NAMES.map(name => `${name} bytes`),
    ...['score', 'effect', 'count', 'loss', '0-layer loss', 'copy', 'bug'],
  ];
  return [
    header,
    ...rows.map(row => {
      const ids = NAMES.map(name => row[name]);
      return [
        row.head ?? '',
        ...ids.map(display),
        ...ids,
        ...ids.map(escapedBytes),
        row.score,
        row.effect,
        row.count,
        row.loss ?? '',
        row.lossZero ?? '',
        Number(row.copy),
        Number(row.bug),
      ];
    }),
  ];
}

/** The table as an `<svg>`. */
export function drawTrigrams(rows) {
  const number = (label, width, of) => ({ label, width, kind: 'number', of }),
    there = text => row => (row.count > 0 ? text(row) : '–');
  return drawTable(
    [
      {
        label: 'source … destination → out',
        width: 420,
        kind: 'token',
        of: row =>
          `${display(row.source)} … ${display(row.destination)} → ${display(row.out)}`,
      },
      number('QK score', 80, row => row.score.toFixed(1)),
      { label: 'effect on logit', width: 180, kind: 'bar', of: row => row.effect },
      number('', 70, row => signed(row.effect)),
      number('in corpus', 80, row => count(row.count)),
      number('loss', 60, there(row => score(row.loss))),
      number('0-layer', 60, there(row => score(row.lossZero))),
      number('gain', 60, there(row => signed(row.loss - row.lossZero))),
    ],
    rows,
  );
}

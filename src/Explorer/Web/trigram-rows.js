// What vt-skip-trigrams exports: its rows as text, and as a drawing.

import { count, score, signed } from './numbers.js';
import { drawTable } from './table-svg.js';
import { display, escapedBytes } from './vocabulary.js';

const NAMES = ['source', 'destination', 'out'];

/** The model's loss less the 0-layer model's; NaN where either is not known. */
export function gainOf({ loss, lossZero }) {
  return (loss ?? NaN) - (lossZero ?? NaN);
}

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
        row.count ?? '',
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
    there = value => score(value ?? NaN);
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
      number('in corpus', 80, row => count(row.count ?? 0)),
      number('loss', 60, row => there(row.loss)),
      number('0-layer', 60, row => there(row.lossZero)),
      number('gain', 60, row => signed(gainOf(row))),
    ],
    rows,
  );
}

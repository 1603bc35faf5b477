// Skip-trigrams as the tables show and export them.

import { drawTable, numberColumn } from '../figures/table-svg.js';
import { h } from '../page/dom.js';
import { count, score, signed } from '../page/numbers.js';
import { tokenLink } from '../tokens/tokens.js';
import { display, escapedBytes } from '../tokens/vocabulary.js';

const NAMES = ['source', 'destination', 'out'];

/** The heading of a skip-trigram. */
export const TRIGRAM = 'source … destination → out';

/** The columns of a skip-trigram in CSV: their names, and those of a row. */
export const TRIGRAM_COLUMNS = [
  ...NAMES,
  ...NAMES.map(name => `${name} id`),
  ...NAMES.map(name => `${name} bytes`),
];

export function trigramColumns(row) {
  const ids = NAMES.map(name => row[name]);
  return [...ids.map(display), ...ids, ...ids.map(escapedBytes)];
}

/** The cell of a skip-trigram, with what else is said of it. */
export function trigramCell({ source, destination, out }, ...more) {
  return h(
    'td.trigram',
    tokenLink(source),
    h('span.muted', ' … '),
    tokenLink(destination),
    h('span.muted', ' → '),
    tokenLink(out),
    more,
  );
}

/** The column of a skip-trigram in a drawn table. */
export function drawnTrigram() {
  const of = ({ source, destination, out }) =>
    `${display(source)} … ${display(destination)} → ${display(out)}`;
  return { label: TRIGRAM, width: 420, kind: 'token', of };
}

/** The model's loss less the 0-layer model's; NaN where either is not known. */
export function gainOf({ loss, lossZero }) {
  return (loss ?? NaN) - (lossZero ?? NaN);
}

/** One row a skip-trigram, full precision; the first of names. */
export function trigramRows(rows) {
  const rest = ['score', 'effect', 'count', 'loss', '0-layer loss', 'copy', 'bug'];
  return [
    ['head', ...TRIGRAM_COLUMNS, ...rest],
    ...rows.map(row => [
      row.head,
      ...trigramColumns(row),
      row.score,
      row.effect,
      row.count,
      row.loss,
      row.lossZero,
      Number(row.copy),
      Number(row.bug),
    ]),
  ];
}

/** The table as an `<svg>`. */
export function drawTrigrams(rows) {
  return drawTable(
    [
      drawnTrigram(),
      numberColumn('QK score', 80, row => row.score.toFixed(1)),
      { label: 'effect on logit', width: 180, kind: 'bar', of: row => row.effect },
      numberColumn('', 70, row => signed(row.effect)),
      numberColumn('in corpus', 80, row => count(row.count ?? 0)),
      numberColumn('loss', 60, row => score(row.loss ?? NaN)),
      numberColumn('0-layer', 60, row => score(row.lossZero ?? NaN)),
      numberColumn('gain', 60, row => signed(gainOf(row))),
    ],
    rows,
  );
}

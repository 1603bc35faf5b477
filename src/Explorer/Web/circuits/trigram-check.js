// vt-trigram-check: does the model do what its weights say?

import { bar, barScale } from '../figures/bars.js';
import { Figure } from '../figures/figure.js';
import { drawTable, numberColumn } from '../figures/table-svg.js';
import { headLink } from '../heads/heads.js';
import { register } from '../page/components.js';
import { barHead, fill, h, numberHead, segments, table, tableHead } from '../page/dom.js';
import { roving } from '../page/keyboard.js';
import { count, score, signed } from '../page/numbers.js';
import { adjust, declare, oneOf, selection } from '../page/store.js';
import {
  drawnTrigram,
  TRIGRAM,
  TRIGRAM_COLUMNS,
  trigramCell,
  trigramColumns,
} from './trigram-rows.js';

const RANKINGS = [
  ['text', 'in the text', 'score × effect in the text, distances counted'],
  ['weights', 'by the weights', 'score × effect of the weights alone'],
];

declare({
  ranking: { read: oneOf(RANKINGS.map(([name]) => name)), initial: () => 'text' },
});

/**
 * `data`: {trials: [{head, source, destination, out, occurrences, places, with, without,
 * difference, error, reason}], positive, weightTrials, weightPositive, replacements,
 * minOccurrences}: the mean log-probability of the out token with the source and with others in its
 * place, for the strongest in the text and the strongest by the weights alone.
 */
class TrigramCheck extends Figure {
  empty({ trials }) {
    return trials.length > 0
      ? null
      : 'No skip-trigram occurs often enough in the held-out text to be tested.';
  }

  get watched() {
    return ['ranking'];
  }

  build() {
    this.pick = segments('The strongest', RANKINGS, ranking => adjust({ ranking }));
    this.verdict = h('span');
    this.by = h('span');
    this.table = h('div.trigrams');
    this.refreshKeys = roving(this.table, 'a.token');
    return [tableHead(this.verdict, this.by, this.pick), this.table];
  }

  prepare() {
    this.pick.hidden = this.data.weightTrials.length === 0;
  }

  /** The trials of a ranking: `{trials, positive}`. */
  #ranked(ranking) {
    const { trials, positive, weightTrials, weightPositive } = this.data;
    return ranking === 'weights'
      ? { trials: weightTrials, positive: weightPositive }
      : { trials, positive };
  }

  /** The ranking that is shown: that of the address, where this record has it. */
  get ranking() {
    return this.pick.hidden ? 'text' : selection().ranking;
  }

  render() {
    const { trials, positive } = this.#ranked(this.ranking),
      { replacements, minOccurrences } = this.data,
      scale = barScale(trials.map(one => one.difference)),
      heads = new Set(trials.map(one => one.head)).size > 1;
    this.pick.select(this.ranking);
    this.verdict.textContent = `${count(positive)} of ${count(trials.length)} raise the out token`;
    this.by.textContent =
      `the strongest by ${spoken(this.ranking)}; mean log-probability with the source, minus that ` +
      `with ${count(replacements)} random tokens in its place; at least ` +
      `${count(minOccurrences)} occurrences in held-out text`;
    fill(
      this.table,
      table(
        [
          TRIGRAM,
          heads && 'head',
          numberHead('places', ' wide'),
          numberHead('with', ' wide'),
          numberHead('without', ' wide'),
          barHead(' wide'),
          numberHead('difference'),
        ],
        trials.map(one => this.#row(one, scale, heads)),
      ),
    );
    this.refreshKeys();
  }

  #row(one, scale, heads) {
    const error = Number.isFinite(one.error) ? ` ± ${score(one.error)}` : '';
    return h(
      'tr',
      { class: one.difference > 0 ? null : 'fails' },
      trigramCell(one, one.reason && h('div.reason', one.reason)),
      heads && h('td', headLink(one.head)),
      h('td.n.muted.wide', count(one.places)),
      h('td.n.wide', score(one.with)),
      h('td.n.muted.wide', score(one.without)),
      h('td.bar.wide', bar(scale, one.difference, null)),
      h('td.n', signed(one.difference), h('span.muted', error)),
    );
  }

  /** Both rankings, one below the other. */
  csv() {
    const rest = ['occurrences', 'places', 'with', 'without', 'difference', 'error', 'reason'];
    return [
      ['ranking', 'head', ...TRIGRAM_COLUMNS, ...rest],
      ...RANKINGS.flatMap(([ranking]) =>
        this.#ranked(ranking).trials.map(one => [
          ...[ranking, one.head, ...trigramColumns(one)],
          ...[one.occurrences, one.places, one.with, one.without, one.difference],
          ...[one.error, one.reason],
        ]),
      ),
    ];
  }

  svg() {
    return drawTable(
      [
        drawnTrigram(),
        numberColumn('with', 80, one => score(one.with)),
        numberColumn('without', 80, one => score(one.without)),
        { label: 'difference', width: 200, kind: 'bar', of: one => one.difference },
        numberColumn('', 80, one => signed(one.difference)),
      ],
      this.#ranked(this.ranking).trials,
      `the strongest by ${spoken(this.ranking)}`,
    );
  }
}

/** What a ranking ranks by, in words. */
function spoken(ranking) {
  return RANKINGS.find(([name]) => name === ranking)[2];
}

register('vt-trigram-check', TrigramCheck);

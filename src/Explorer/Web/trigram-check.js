// vt-trigram-check: does the model do what its weights say?

import { bar, barScale } from './bars.js';
import { register } from './components.js';
import { fill, h, segments } from './dom.js';
import { Figure } from './figure.js';
import { headLink } from './heads.js';
import { roving } from './keyboard.js';
import { count, score, signed } from './numbers.js';
import { adjust, declare, oneOf, selection } from './store.js';
import { drawTable } from './table-svg.js';
import { tokenLink } from './tokens.js';
import { display, escapedBytes } from './vocabulary.js';

const RANKINGS = [
  ['text', 'in the text', 'score × effect in the text, its distances counted'],
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
export class TrigramCheck extends Figure {
  empty({ trials }) {
    return trials.length > 0
      ? null
      : 'No skip-trigram occurs often enough in the held-out text to be tried.';
  }

  get watched() {
    return ['ranking'];
  }

  build() {
    const { weightTrials, replacements, minOccurrences } = this.record;
    this.pick =
      weightTrials.length > 0 &&
      segments('The strongest', RANKINGS, 'text', ranking => adjust({ ranking }));
    this.verdict = h('h3');
    this.by = h('span');
    this.table = h('div', { class: 'trigrams' });
    fill(
      this,
      h(
        'div',
        { class: 'table-head' },
        h(
          'div',
          null,
          this.verdict,
          h(
            'p',
            { class: 'note' },
            this.by,
            '; mean log-probability with the source, less that with ' +
              `${count(replacements)} random tokens in its place; at least ` +
              `${count(minOccurrences)} occurrences in held-out text`,
          ),
        ),
        this.pick,
      ),
      this.table,
    );
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
    return this.pick ? selection().ranking : 'text';
  }

  render() {
    const { trials, positive } = this.#ranked(this.ranking),
      scale = barScale(trials.map(one => one.difference)),
      heads = new Set(trials.map(one => one.head)).size > 1;
    const column = (label, kind) => h('th', { scope: 'col', class: kind }, label);
    if (this.pick) this.pick.select(this.ranking);
    this.verdict.textContent = `${count(positive)} of ${count(trials.length)} raise the out token`;
    this.by.textContent = `the strongest by ${spoken(this.ranking)}`;
    fill(
      this.table,
      h(
        'table',
        null,
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            column('source … destination → out'),
            heads && column('head'),
            column('places', 'n wide'),
            column('with', 'n wide'),
            column('without', 'n wide'),
            h('th', { class: 'bar wide', 'aria-hidden': 'true' }),
            column('difference', 'n'),
          ),
        ),
        h(
          'tbody',
          null,
          trials.map(one => this.#row(one, scale, heads)),
        ),
      ),
    );
    roving(this.table, () => [[...this.table.querySelectorAll('a.token')]]);
  }

  #row(one, scale, heads) {
    const error = Number.isFinite(one.error) ? ` ± ${score(one.error)}` : '';
    return h(
      'tr',
      { class: one.difference > 0 ? null : 'fails' },
      h(
        'td',
        { class: 'trigram' },
        tokenLink(one.source),
        h('span', { class: 'muted' }, ' … '),
        tokenLink(one.destination),
        h('span', { class: 'muted' }, ' → '),
        tokenLink(one.out),
        one.reason && h('div', { class: 'reason' }, one.reason),
      ),
      heads && h('td', null, headLink(one.head)),
      h('td', { class: 'n muted wide' }, count(one.places)),
      h('td', { class: 'n wide' }, score(one.with)),
      h('td', { class: 'n muted wide' }, score(one.without)),
      h('td', { class: 'bar wide' }, bar(scale, one.difference, null)),
      h('td', { class: 'n' }, signed(one.difference), h('span', { class: 'muted' }, error)),
    );
  }

  /** Both rankings, one below the other. */
  csv() {
    const names = ['source', 'destination', 'out'];
    return [
      [
        ...['ranking', 'head', ...names, ...names.map(name => `${name} id`)],
        ...names.map(name => `${name} bytes`),
        ...['occurrences', 'places', 'with', 'without', 'difference', 'error', 'reason'],
      ],
      ...RANKINGS.flatMap(([ranking]) =>
        this.#ranked(ranking).trials.map(one => {
          const ids = names.map(name => one[name]);
          return [
            ...[ranking, one.head, ...ids.map(display), ...ids, ...ids.map(escapedBytes)],
            ...[one.occurrences, one.places, one.with, one.without, one.difference],
            ...[one.error ?? '', one.reason ?? ''],
          ];
        }),
      ),
    ];
  }

  svg() {
    return drawTable(
      [
        {
          label: 'source … destination → out',
          width: 420,
          kind: 'token',
          of: ({ source, destination, out }) =>
            `${display(source)} … ${display(destination)} → ${display(out)}`,
        },
        { label: 'with', width: 80, kind: 'number', of: one => score(one.with) },
        { label: 'without', width: 80, kind: 'number', of: one => score(one.without) },
        { label: 'difference', width: 200, kind: 'bar', of: one => one.difference },
        { label: '', width: 80, kind: 'number', of: one => signed(one.difference) },
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

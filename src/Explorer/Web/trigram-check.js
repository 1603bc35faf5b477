// vt-trigram-check: does the model do what its weights say?

import { bar, barScale } from './bars.js';
import { register } from './components.js';
import { fill, h } from './dom.js';
import { Figure } from './figure.js';
import { headLink } from './heads.js';
import { roving } from './keyboard.js';
import { count, score, signed } from './numbers.js';
import { drawTable } from './table-svg.js';
import { tokenLink } from './tokens.js';
import { display, escapedBytes } from './vocabulary.js';

/**
 * `data`: {trials: [{head, source, destination, out, occurrences, places, with, without, difference,
 * error, reason}], positive, replacements, minOccurrences}: the mean log-probability of the out
 * token with the source and with others in its place.
 */
export class TrigramCheck extends Figure {
  empty({ trials }) {
    return trials.length > 0
      ? null
      : 'No skip-trigram occurs often enough in the held-out text to be tried.';
  }

  build() {
    const { trials, positive, replacements, minOccurrences } = this.record;
    this.table = h('div', { class: 'trigrams' });
    fill(
      this,
      h('h3', null, `${count(positive)} of ${count(trials.length)} raise the out token`),
      h(
        'p',
        { class: 'note' },
        `mean log-probability with the source, less that with ${count(replacements)} random tokens ` +
          `in its place; at least ${count(minOccurrences)} occurrences in held-out text`,
      ),
      this.table,
    );
  }

  render() {
    const { trials } = this.data,
      scale = barScale(trials.map(one => one.difference)),
      heads = new Set(trials.map(one => one.head)).size > 1;
    const column = (label, kind) => h('th', { scope: 'col', class: kind }, label);
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

  csv() {
    const names = ['source', 'destination', 'out'];
    return [
      [
        ...['head', ...names, ...names.map(name => `${name} id`)],
        ...names.map(name => `${name} bytes`),
        ...['occurrences', 'places', 'with', 'without', 'difference', 'error', 'reason'],
      ],
      ...this.data.trials.map(one => {
        const ids = names.map(name => one[name]);
        return [
          ...[one.head, ...ids.map(display), ...ids, ...ids.map(escapedBytes)],
          ...[one.occurrences, one.places, one.with, one.without, one.difference],
          ...[one.error ?? '', one.reason ?? ''],
        ];
      }),
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
      this.data.trials,
    );
  }
}

register('vt-trigram-check', TrigramCheck);

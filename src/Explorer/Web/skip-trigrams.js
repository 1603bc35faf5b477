// vt-skip-trigrams: what does looking there write?

import { bar, barScale } from './bars.js';
import { register } from './components.js';
import { fill, h, segments } from './dom.js';
import { Figure } from './figure.js';
import { headLink } from './heads.js';
import { roving } from './keyboard.js';
import { count, score, signed } from './numbers.js';
import { adjust, declare, oneOf, selection } from './store.js';
import { tokenLink } from './tokens.js';
import { trigramPassages } from './trigram-passages.js';
import { drawTrigrams, gainOf, trigramRows } from './trigram-rows.js';
import { display } from './vocabulary.js';

const FEW = 10,
  PASSAGES = 3;

declare({
  rows: { read: oneOf(['all', 'copying', 'bugs', 'token']), initial: () => 'all' },
});

/** Columns by which rows can be ordered; the first is the order of the record. */
const ORDERS = {
  rank: () => 0,
  score: row => row.score,
  effect: row => row.effect,
  count: row => row.count ?? 0,
  gain: row => -(gainOf(row) || 0),
};

/**
 * `data`: {head, rows: [{source, destination, out, score, effect, count, heldOut, loss, lossZero,
 * copy, bug, because}], searched, leftOut, minCount}, or {tables: [of these], passages?: {'source
 * destination out': [{tokens, source, destination, losses?, lossesZero?}]}}; passages name positions, losses
 * are of all tokens but the first.
 */
export class SkipTrigrams extends Figure {
  #order = 'rank';
  #all = false;
  #open = null;

  get watched() {
    return ['rows', 'token'];
  }

  get tables() {
    return this.record.tables ?? [this.record];
  }

  /** The rows of all heads, by falling strength. */
  get all() {
    return this.tables
      .flatMap(({ head, rows }) => rows.map(row => ({ ...row, head })))
      .sort((a, b) => b.score * b.effect - a.score * a.effect);
  }

  empty(record) {
    return (record.tables ?? [record]).some(table => table.rows?.length > 0)
      ? null
      : 'No skip-trigram was found; vitrine circuits MODEL searches the weights of a model ' +
          'with attention.';
  }

  build() {
    const [{ searched }] = this.tables;
    this.manyHeads = this.tables.length > 1;
    this.filters = h('div');
    this.table = h('div', { class: 'trigrams' });
    this.note = h('p', { class: 'aside' });
    fill(
      this,
      h(
        'div',
        { class: 'table-head' },
        h(
          'div',
          null,
          h('h3', null, 'Skip-trigrams, read from the weights'),
          h(
            'p',
            { class: 'note' },
            `source … destination → out, over ${count(searched)}² pairs in each circuit; by ` +
              'attention score × effect, both above the average token',
          ),
        ),
        this.filters,
      ),
      this.table,
      this.note,
    );
    this.refreshKeys = roving(this.table, () => [
      [...this.table.querySelectorAll('.open-row')],
      ...[0, 1, 2].map(i => [...this.table.querySelectorAll(`a.token:nth-of-type(${i + 1})`)]),
    ]);
  }

  /** The rows that the filter keeps, in the order that is chosen. */
  shown() {
    const { rows: filter, token } = selection();
    const keep = {
      all: () => true,
      copying: row => row.copy,
      bugs: row => row.bug,
      token: row => token === null || [row.source, row.destination, row.out].includes(token),
    }[filter];
    const key = ORDERS[this.#order];
    return this.all.filter(keep).sort((a, b) => key(b) - key(a));
  }

  render() {
    const { rows: filter, token } = selection(),
      shown = this.shown(),
      few = this.#all ? shown : shown.slice(0, FEW);
    const options = [
      ['all', 'all'],
      ['copying', 'copying'],
      ['bugs', 'bugs'],
    ];
    if (token !== null) options.push(['token', `with ${display(token)}`]);
    const focused = this.contains(document.activeElement)
      ? document.activeElement.dataset.focus
      : null;
    fill(
      this.filters,
      segments('Rows', options, options.some(([one]) => one === filter) ? filter : 'all', value =>
        adjust({ rows: value }),
      ),
    );
    fill(this.table, shown.length > 0 ? this.#table(few) : this.#nothing(filter));
    fill(
      this.note,
      shown.length > FEW &&
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            onclick: () => {
              this.#all = !this.#all;
              this.draw();
            },
          },
          this.#all ? `show ${FEW} rows` : `show all ${count(shown.length)} rows`,
        ),
    );
    this.refreshKeys();
    if (focused) this.table.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  #nothing(filter) {
    const what = { copying: 'copies', bugs: 'is a bug', token: 'has this token' }[filter];
    return h('p', { class: 'empty' }, `None of the ${count(this.all.length)} rows ${what}.`);
  }

  #table(rows) {
    const scale = barScale(this.all.map(row => row.effect));
    this.counted = this.all.some(row => Number.isFinite(row.count));
    const heading = (key, label, extra = '') =>
      h(
        'th',
        {
          scope: 'col',
          class: `n${extra}`,
          'aria-sort': this.#order === key ? 'descending' : null,
        },
        h(
          'button',
          {
            type: 'button',
            class: this.#order === key ? 'sort chosen' : 'sort',
            'data-focus': `sort-${key}`,
            onclick: () => {
              this.#order = this.#order === key ? 'rank' : key;
              this.draw();
            },
          },
          label,
        ),
      );
    return h(
      'table',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, 'source … destination → out'),
          this.manyHeads && h('th', { scope: 'col' }, 'head'),
          heading('score', 'QK score'),
          h('th', { class: 'bar wide', 'aria-hidden': 'true' }),
          heading('effect', 'effect on logit'),
          this.counted && [
            heading('count', 'in corpus', ' wide'),
            h('th', { scope: 'col', class: 'n wide' }, 'loss'),
            h('th', { scope: 'col', class: 'n wide' }, '0-layer'),
            heading('gain', 'gain'),
          ],
        ),
      ),
      h(
        'tbody',
        null,
        rows.map(row => this.#row(row, scale)),
      ),
    );
  }

  #row(row, scale) {
    const key = `${row.source} ${row.destination} ${row.out}`,
      name = `${row.head} ${key}`,
      passages = this.record.passages?.[key] ?? [],
      open = this.#open === name,
      toggle = () => {
        this.#open = open ? null : name;
        this.draw();
        this.say({ trigram: row });
      };
    const main = h(
      'tr',
      {
        class: open ? 'open' : null,
        onclick: event => {
          if (!event.target.closest('a, button')) toggle();
        },
      },
      h(
        'td',
        { class: 'trigram' },
        tokenLink(row.source),
        h('span', { class: 'muted' }, ' … '),
        tokenLink(row.destination),
        h('span', { class: 'muted' }, ' → '),
        tokenLink(row.out),
        row.copy && h('span', { class: 'mark-copy' }, 'copy'),
        row.bug && h('span', { class: 'mark-bug' }, 'bug'),
        passages.length > 0 &&
          h(
            'button',
            {
              type: 'button',
              class: 'plain open-row',
              'data-focus': `open ${name}`,
              'aria-expanded': String(open),
              onclick: toggle,
            },
            open ? 'close' : 'passages',
          ),
      ),
      this.manyHeads && h('td', null, headLink(row.head)),
      h('td', { class: 'n' }, row.score.toFixed(1).replace('-', '−')),
      h('td', { class: 'bar wide' }, bar(scale, row.effect, null)),
      h('td', { class: 'n' }, signed(row.effect)),
      this.counted && [
        h('td', { class: 'n muted wide' }, Number.isFinite(row.count) ? count(row.count) : '–'),
        h('td', { class: 'n wide' }, score(row.loss ?? NaN)),
        h('td', { class: 'n muted wide' }, score(row.lossZero ?? NaN)),
        h('td', { class: 'n' }, signed(gainOf(row))),
      ],
    );
    return open ? [main, trigramPassages(row, passages, this.manyHeads ? 9 : 8)] : main;
  }

  csv() {
    return trigramRows(this.all);
  }

  svg() {
    return drawTrigrams(this.#all ? this.shown() : this.shown().slice(0, FEW));
  }
}

register('vt-skip-trigrams', SkipTrigrams);

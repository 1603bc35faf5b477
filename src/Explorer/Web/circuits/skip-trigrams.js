// vt-skip-trigrams: what does looking there write?

import { bar, barScale } from '../figures/bars.js';
import { Figure } from '../figures/figure.js';
import { headLink } from '../heads/heads.js';
import { register } from '../page/components.js';
import {
  allOf,
  barHead,
  fill,
  h,
  numberHead,
  rowClick,
  segments,
  sortHead,
  table,
  tableHead,
} from '../page/dom.js';
import { refocus, roving } from '../page/keyboard.js';
import { count, deviations, score, signed } from '../page/numbers.js';
import { adjust, declare, oneOf, selection } from '../page/store.js';
import { display } from '../tokens/vocabulary.js';
import { trigramPassages } from './trigram-passages.js';
import { drawTrigrams, gainOf, TRIGRAM, trigramCell, trigramRows } from './trigram-rows.js';

const FEW = 10;

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
class SkipTrigrams extends Figure {
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
    this.searched = h('span');
    this.filters = segments('Rows', [], value => adjust({ rows: value }));
    this.table = h('div.trigrams');
    this.note = h('p.aside');
    this.refreshKeys = roving(this.table, () => [
      allOf(this.table, '.open-row'),
      ...[0, 1, 2].map(i => allOf(this.table, `a.token:nth-of-type(${i + 1})`)),
    ]);
    const title = 'Skip-trigrams, read from the weights';
    return [tableHead(title, this.searched, this.filters), this.table, this.note];
  }

  prepare() {
    const [{ searched }] = this.tables;
    this.manyHeads = this.tables.length > 1;
    this.#open = null;
    this.searched.textContent =
      `source … destination → out, over ${count(searched)}² pairs in each circuit; by ` +
      'attention score × effect, both above the average token';
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
    const options = ['all', 'copying', 'bugs'];
    const restore = refocus(this.table);
    if (token !== null) options.push(['token', `with ${display(token)}`]);
    this.filters.offer(options);
    this.filters.select(filter === 'token' && token === null ? 'all' : filter);
    fill(this.table, shown.length > 0 ? this.#table(few) : this.#nothing(filter));
    fill(
      this.note,
      shown.length > FEW &&
        h(
          'button.plain',
          {
            onclick: () => {
              this.#all = !this.#all;
              this.draw();
            },
          },
          this.#all ? `show ${FEW} rows` : `show all ${count(shown.length)} rows`,
        ),
    );
    this.refreshKeys();
    restore();
  }

  #nothing(filter) {
    const what = { copying: 'copies', bugs: 'is a bug', token: 'has this token' }[filter];
    return h('p.empty', `None of the ${count(this.all.length)} rows ${what}.`);
  }

  #table(rows) {
    const scale = barScale(this.all.map(row => row.effect));
    this.counted = this.all.some(row => Number.isFinite(row.count));
    const heading = (key, label, extra = '') =>
      sortHead(label, {
        class: `n${extra}`,
        sorted: this.#order === key ? 'descending' : null,
        focus: `sort-${key}`,
        onclick: () => {
          this.#order = this.#order === key ? 'rank' : key;
          this.draw();
        },
      });
    return table(
      [
        TRIGRAM,
        this.manyHeads && 'head',
        heading('score', 'QK score'),
        barHead(' wide'),
        heading('effect', 'effect on logit'),
        this.counted && [
          heading('count', 'in corpus', ' wide'),
          numberHead('loss', ' wide'),
          numberHead('0-layer', ' wide'),
          heading('gain', 'gain'),
        ],
      ],
      rows.map(row => this.#row(row, scale)),
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
      { class: open ? 'open' : null, onclick: rowClick(toggle) },
      trigramCell(
        row,
        row.copy && h('span.mark-copy', 'copy'),
        row.bug && h('span.mark-bug', 'bug'),
        passages.length > 0 &&
          h(
            'button.plain.open-row',
            { 'data-focus': `open ${name}`, 'aria-expanded': String(open), onclick: toggle },
            open ? 'close' : 'passages',
          ),
      ),
      this.manyHeads && h('td', headLink(row.head)),
      h('td.n', deviations(row.score)),
      h('td.bar.wide', bar(scale, row.effect, null)),
      h('td.n', signed(row.effect)),
      this.counted && [
        h('td.n.muted.wide', Number.isFinite(row.count) ? count(row.count) : '–'),
        h('td.n.wide', score(row.loss ?? NaN)),
        h('td.n.muted.wide', score(row.lossZero ?? NaN)),
        h('td.n', signed(gainOf(row))),
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

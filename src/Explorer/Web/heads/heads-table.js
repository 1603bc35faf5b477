// vt-heads: what does each head do; how sure are we?

import { bar, barScale } from '../figures/bars.js';
import { register, registerPlace } from '../page/components.js';
import { json, report } from '../page/data.js';
import { fill, h, numberHead, segments, sortHead, table } from '../page/dom.js';
import { atStep, Figure, stepNote } from '../figures/figure.js';
import { HeadPage } from './head-page.js';
import { headLink, headName } from './heads.js';
import { kindCounts, namesOf, rowOf, scoreLabel, scoreNames } from './heads-data.js';
import { roving } from '../page/keyboard.js';
import { score, signed } from '../page/numbers.js';
import { thumbnail, unpack } from '../figures/patterns.js';
import { adjust, declare, plainName, selection } from '../page/store.js';
import { drawTable } from '../figures/table-svg.js';

const SHOWN = 4,
  MOST_ROWS = 500,
  THUMBNAIL = 30;

declare({ sort: { read: plainName }, kind: { read: plainName } });

/**
 * `data`: {rows: [{layer, head, kinds: [name], scores: {name: {value, deviation?, rank?}}}],
 * patterns?, details?: {"1.2": {ablations, …}}, timeline?}; see README.
 */
class HeadTable extends Figure {
  #refresh;

  get watched() {
    return ['sort', 'kind', 'head'];
  }

  empty({ rows }) {
    return rows.length > 0 ? null : 'This model has no heads.';
  }

  build() {
    this.filter = segments('Kind', [], kind => adjust({ kind: kind === 'all' ? null : kind }));
    this.note = h('p.note');
    this.table = h('div.wide');
    this.#refresh = roving(this.table, 'tbody a.head');
    return [h('div.controls.spread', this.note, this.filter), this.table];
  }

  prepare() {
    const counts = kindCounts(this.data).reverse();
    this.filter.offer([
      ['all', `all ${this.data.rows.length}`],
      ...counts.map(([kind, count]) => [kind, `${kind} ${count}`]),
    ]);
  }

  /** Scores in the order of the table: the one that is sorted by stands first. */
  #columns() {
    const names = scoreNames(this.data),
      { sort } = selection();
    const chosen = names.includes(sort) ? sort : names[0];
    return {
      chosen,
      shown: names.slice(0, SHOWN).includes(chosen)
        ? names.slice(0, SHOWN)
        : [chosen, ...names.slice(0, SHOWN - 1)],
    };
  }

  render() {
    const { rows } = this.data,
      { kind, sort, head } = selection(),
      { chosen, shown } = this.#columns(),
      byName = sort === 'head';
    const kept = rows.filter(row => !kind || row.kinds.includes(kind));
    const value = (row, name) => row.scores[name]?.value ?? -Infinity;
    const ordered = byName ? kept : [...kept].sort((a, b) => value(b, chosen) - value(a, chosen));
    const ablated = rows.some(row => this.#ablation(row));
    const at = stepNote(this.data);
    this.filter.select(kind ?? 'all');
    this.note.textContent =
      `${kept.length} ${kept.length === 1 ? 'head' : 'heads'}, by ${byName ? 'number' : scoreLabel(chosen)}. Click a heading to sort.` +
      (ordered.length > MOST_ROWS
        ? ` ${MOST_ROWS} of ${ordered.length} shown, the first in order.`
        : '') +
      (at ? ` Scores ${at}.` : '');
    fill(
      this.table,
      table(
        this.#heading(shown, byName ? 'head' : chosen, ablated),
        ordered.slice(0, MOST_ROWS).map(row => this.#row(row, shown, ablated, head)),
        'table.heads',
      ),
    );
    this.#refresh();
  }

  #heading(shown, chosen, ablated) {
    const sortable = (name, label) =>
      sortHead(label, {
        sorted: name !== chosen ? null : name === 'head' ? 'ascending' : 'descending',
        onclick: () => adjust({ sort: name === scoreNames(this.data)[0] ? null : name }),
      });
    return [
      sortable('head', 'head'),
      this.data.patterns && 'pattern',
      'kind',
      ...shown.map(name => sortable(name, scoreLabel(name))),
      ablated && numberHead('ablation, nats'),
    ];
  }

  #ablation({ layer, head }) {
    return this.data.details?.[headName({ layer, head })]?.ablations?.[0];
  }

  #row(row, shown, ablated, locked) {
    const name = headName(row),
      lost = this.#ablation(row);
    return h(
      'tr',
      { class: name === locked && 'hover' },
      h('td.number', headLink(name)),
      this.data.patterns && h('td.pattern', this.#thumbnail(name)),
      h('td.kinds', row.kinds.join(', ') || h('span.muted', '–')),
      shown.map(one => h('td.score', this.#score(row.scores[one], this.#scale(one)))),
      ablated && h('td.n', lost ? [signed(lost.value), spread(lost.deviation)] : '–'),
    );
  }

  /** A column's scale: shares of 1, and logits as far as they reach. */
  #scale(name) {
    const values = this.record.rows.map(row => row.scores[name]?.value ?? 0);
    return barScale(name === 'copying' ? values : [0, 1]);
  }

  #score(found, scale) {
    if (!found) return '–';
    return h(
      'div.bar-cell',
      bar(scale, found.value, null),
      h('span', score(found.value), spread(found.deviation)),
    );
  }

  #thumbnail(name) {
    const { patterns } = this.data;
    return unpack(patterns).has(name) && thumbnail(patterns, name, THUMBNAIL);
  }

  svg() {
    const { shown } = this.#columns(),
      column = (label, width, kind, of) => ({ label, width, kind, of });
    return drawTable(
      [
        column('head', 60, 'token', headName),
        column('kind', 190, 'text', row => row.kinds.join(', ') || '–'),
        ...shown.map(name =>
          column(scoreLabel(name), 130, 'number', row =>
            row.scores[name] ? score(row.scores[name].value) : '–',
          ),
        ),
        column('ablation, nats', 130, 'number', row =>
          this.#ablation(row) ? signed(this.#ablation(row).value) : '–',
        ),
      ],
      this.data.rows.slice(0, MOST_ROWS),
    );
  }

  csv() {
    const names = scoreNames(this.data);
    return [
      [
        'head',
        'kinds',
        ...names.flatMap(name => [name, `${name} deviation`]),
        'ablation',
        'ablation deviation',
      ],
      ...this.data.rows.map(row => [
        headName(row),
        row.kinds.join(', '),
        ...names.flatMap(name => [row.scores[name]?.value, row.scores[name]?.deviation]),
        this.#ablation(row)?.value,
        this.#ablation(row)?.deviation,
      ]),
    ];
  }
}

/** `± 0.04`, pale; nothing where there is no spread. */
function spread(deviation) {
  return Number.isFinite(deviation) && h('span.spread-of', ` ± ${score(deviation)}`);
}

/** The record of the page's `vt-heads` section, and its key. */
function headsSection() {
  const { key } = report().sections.find(one => one.component === 'vt-heads') ?? {};
  return key && { key, record: json(`vt-data-${key}`) };
}

function openHead(name) {
  const found = headsSection();
  if (!found || !rowOf(found.record, name)) return null;
  const element = new HeadPage();
  return {
    element,
    title: `Head ${name}`,
    aside: element.aside,
    start: () => element.update({ ...found.record, head: name, step: undefined, key: found.key }),
  };
}
openHead.names = () => {
  const found = headsSection();
  return found ? namesOf(atStep(found.record, selection().step)) : [];
};

register('vt-heads', HeadTable);
registerPlace('heads', openHead);

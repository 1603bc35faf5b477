// vt-circuit-token: for a token, what does it attend to, and what does attending to it write?

import { bar, barScale } from '../figures/bars.js';
import { Figure, note } from '../figures/figure.js';
import { drawTable, numberColumn } from '../figures/table-svg.js';
import { register } from '../page/components.js';
import { allOf, fill, h, segments, table, tableHead } from '../page/dom.js';
import { roving } from '../page/keyboard.js';
import { count, largest, signed } from '../page/numbers.js';
import { adjust, declare, lock, oneOf, selection } from '../page/store.js';
import { tokenLink } from '../tokens/tokens.js';
import { corpusCount, display, escapedBytes } from '../tokens/vocabulary.js';
import { circuitsOf } from './circuit-weights.js';

const FEW = 10,
  SIGNS = ['raises', 'lowers', 'raised by'];

declare({
  direction: { read: oneOf(['to', 'by']), initial: () => 'to' },
  sign: { read: oneOf(SIGNS), initial: () => 'raises' },
});

/**
 * `data`: {heads: [name], dModel?, examples: [{head, token, attendsTo: [{id, value}], attendedBy,
 * raises, lowers, writtenBy}], largest: [{head, qk: [{from, to, value}], ov: [{from, to, value}]}],
 * minCount?, leftOut?, rows?: in each table}. With `dModel` the arrays `ids`, `W_E`, `W_U` (int8
 * rows of these, with `.scale` and `.mean`), `QK.0.0`, `OV.0.0` (float32) give the tokens `ids`;
 * without, the examples alone are shown. `qk` goes from destinations to sources, `ov` from sources
 * to outputs.
 */
class CircuitToken extends Figure {
  static showsToken = true;

  #tables = new Map();

  get watched() {
    return ['token', 'head', 'direction', 'sign'];
  }

  empty({ heads }) {
    return heads.length > 0
      ? null
      : 'This model has no heads; its tables are those of the direct path.';
  }

  build() {
    this.pick = segments('Head', [], head => lock({ head }));
    const label = h('span.mini-head', 'head');
    this.heads = h('div.head-pick', label, this.pick);
    this.tables = h('div.circuit-tables');
    this.note = h('p.aside');
    this.refreshKeys = roving(this.tables, () =>
      allOf(this.tables, '.bigrams').map(one => allOf(one, 'a.token')),
    );
    return [this.heads, this.tables, this.note];
  }

  prepare() {
    this.#tables.clear();
    this.pick.offer(this.data.heads);
    this.heads.hidden = this.data.heads.length < 2;
  }

  get head() {
    const { head } = selection();
    return this.data.heads.includes(head) ? head : this.data.heads[0];
  }

  get token() {
    return selection().token ?? this.data.examples[0]?.token ?? 0;
  }

  /**
   * `{attendsTo, attendedBy, raises, lowers, writtenBy}` of a token, each [{id, value}]; or null.
   */
  #of(token, head) {
    const key = `${head} ${token}`,
      { examples, dModel } = this.data;
    if (!this.#tables.has(key)) {
      const known = examples.find(one => one.token === token && one.head === head);
      const compute = () => {
        const ids = this.arrays('ids'),
          at = ids.indexOf(token);
        if (at < 0) return null;
        const top = (values, sign = 1) =>
          largest(values.length, this.#rows, row => sign * values[row]).map(row => ({
            id: ids[row],
            value: values[row],
          }));
        const { attendsTo, attendedBy, writes, writtenBy } = circuitsOf(this.arrays, head, at);
        return {
          attendsTo: top(attendsTo),
          attendedBy: top(attendedBy),
          raises: top(writes),
          lowers: top(writes, -1),
          writtenBy: top(writtenBy),
        };
      };
      if (this.#tables.size > 48) this.#tables.clear();
      this.#tables.set(key, known ?? (dModel > 0 ? compute() : null));
    }
    return this.#tables.get(key);
  }

  get #rows() {
    return this.data.rows ?? FEW;
  }

  render() {
    const { head, token } = this,
      { direction, sign } = selection(),
      own = this.#of(token, head),
      largestOf = this.data.largest.find(one => one.head === head);
    this.pick.select(head);
    fill(
      this.tables,
      own === null
        ? this.#unknown(token)
        : [
            this.#table(
              'attends',
              [tokenLink(token), direction === 'by' ? ' is attended to by' : ' attends to'],
              'attention score above the average token’s, QK circuit',
              direction === 'by' ? own.attendedBy : own.attendsTo,
              choice('Direction', ['to', 'by'], direction, value => adjust({ direction: value })),
            ),
            this.#table(
              'writes',
              sign === 'raised by'
                ? [tokenLink(token), ' is raised by attending to']
                : ['attending to ', tokenLink(token), ` ${sign}`],
              'effect on the logit above the average token’s, OV circuit',
              sign === 'raised by' ? own.writtenBy : own[sign],
              choice('Effect', SIGNS, sign, value => adjust({ sign: value })),
            ),
          ],
      largestOf && [
        this.#pairs('qk', 'Largest scores', 'destination attends to source', largestOf.qk, '←'),
        this.#pairs('ov', 'Largest effects', 'source raises out', largestOf.ov, '→'),
      ],
    );
    note(this.note, this.#leftOut());
    this.refreshKeys();
  }

  #leftOut() {
    const { minCount, leftOut } = this.data;
    return leftOut > 0
      ? `${count(leftOut)} tokens seen fewer than ${count(minCount)} times in training are left ` +
          'out: their rows were hardly trained.'
      : '';
  }

  #unknown(token) {
    const known = [...new Set(this.data.examples.map(one => one.token))],
      { dModel, minCount } = this.data;
    return h(
      'p.empty',
      'This file has no tables for ',
      tokenLink(token),
      dModel > 0 && corpusCount(token) < (minCount ?? 0)
        ? `, seen ${count(corpusCount(token))} times in training: its rows were hardly trained. ` +
            `It has them for tokens seen at least ${count(minCount)} times, as `
        : '; it has them for ',
      known.map(id => [tokenLink(id), ' ']),
    );
  }

  #table(name, title, said, rows, control) {
    return this.#bars(name, title, said, rows, control, ({ id }) => ({
      row: { 'data-token': id },
      name: h('td.token', tokenLink(id)),
    }));
  }

  #pairs(name, title, said, pairs, arrow) {
    return this.#bars(name, title, said, pairs, null, ({ from, to }) => {
      const between = h('span.muted', ` ${arrow} `);
      return { name: h('td.pair', tokenLink(from), between, tokenLink(to)) };
    });
  }

  #bars(name, title, said, all, control, named) {
    const shown = all.slice(0, this.#rows),
      scale = barScale(shown.map(one => one.value));
    return h(
      'div',
      { class: `bigrams ${name}` },
      tableHead(title, said, control),
      table(
        null,
        shown.map(one => {
          const { row, name: cell } = named(one);
          return h(
            'tr',
            row,
            cell,
            h('td.bar', bar(scale, one.value, null)),
            h('td.n', signed(one.value)),
          );
        }),
      ),
    );
  }

  csv() {
    const own = this.#of(this.token, this.head) ?? {},
      lines = [['head', 'table', 'token', 'id', 'bytes', 'of', 'value']];
    for (const table of ['attendsTo', 'attendedBy', 'raises', 'lowers', 'writtenBy'])
      for (const { id, value } of own[table] ?? [])
        lines.push([
          ...[this.head, table, display(id), id, escapedBytes(id)],
          ...[display(this.token), value],
        ]);
    for (const { head, qk, ov } of this.data.largest)
      for (const [table, pairs] of Object.entries({ qk, ov }))
        for (const { from, to, value } of pairs)
          lines.push([head, table, display(to), to, escapedBytes(to), display(from), value]);
    return lines;
  }

  svg() {
    const own = this.#of(this.token, this.head) ?? {},
      rows = [];
    for (const [table, what] of [
      ['attendsTo', 'attends to'],
      ['raises', 'raises'],
    ])
      for (const one of (own[table] ?? []).slice(0, this.#rows)) rows.push({ ...one, what });
    return drawTable(
      [
        { label: '', width: 110, kind: 'text', of: row => row.what },
        { label: 'token', width: 200, kind: 'token', of: row => display(row.id) },
        { label: 'value', width: 300, kind: 'bar', of: row => row.value },
        numberColumn('', 80, row => signed(row.value)),
      ],
      rows,
      `head ${this.head}, ${display(this.token)}`,
    );
  }
}

/** A switch that stands in what is drawn again. */
function choice(label, values, chosen, choose) {
  const group = segments(label, values, choose);
  group.select(chosen);
  return group;
}

register('vt-circuit-token', CircuitToken);

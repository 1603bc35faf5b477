// vt-circuit-token: for a token, what does it attend to, and what does attending to it write?

import { bar, barScale } from './bars.js';
import { attendedBy, attends, canCompute, writes } from './circuit-weights.js';
import { register } from './components.js';
import { fill, h, segments } from './dom.js';
import { Figure } from './figure.js';
import { roving } from './keyboard.js';
import { largest } from './largest.js';
import { count, signed } from './numbers.js';
import { declare, adjust, lock, oneOf, selection } from './store.js';
import { drawTable } from './table-svg.js';
import { tokenLink } from './tokens.js';
import { corpusCount, countsKnown, display, escapedBytes } from './vocabulary.js';

const FEW = 10;

declare({
  direction: { read: oneOf(['to', 'by']), initial: () => 'to' },
});

/**
 * `data`: {heads: [name], dModel?, examples: [{head, token, attends: [{id, value}], attendedBy?,
 * writes: [{id, value}]}], largest: [{head, qk: [{row, column, value}], ov: [{row, column,
 * value}]}], minCount?, leftOut?}. With `dModel` the arrays `W_E`, `W_U` (int8, with `.scale`),
 * `QK.0.0`, `OV.0.0` (float32) give every token; without, the examples alone are shown. In `qk` a
 * row is a destination and a column a source, in `ov` a source and an output.
 */
export class CircuitToken extends Figure {
  #rows = FEW;
  #tables = new Map();

  get watched() {
    return ['token', 'head', 'direction'];
  }

  empty({ heads }) {
    return heads.length > 0
      ? null
      : 'This model has no heads; its tables are those of the direct path.';
  }

  build() {
    this.pick =
      this.record.heads.length > 1 &&
      segments(
        'Head',
        this.record.heads.map(name => [name, name]),
        this.record.heads[0],
        head => lock({ head }),
      );
    this.tables = h('div', { class: 'circuit-tables' });
    this.note = h('p', { class: 'aside' });
    fill(
      this,
      this.pick &&
        h('div', { class: 'head-pick' }, h('span', { class: 'mini-head' }, 'head'), this.pick),
      this.tables,
      this.note,
    );
    this.refreshKeys = roving(this.tables, () =>
      [...this.tables.querySelectorAll('.bigrams')].map(one => [
        ...one.querySelectorAll('a.token'),
      ]),
    );
  }

  get head() {
    const { head } = selection();
    return this.data.heads.includes(head) ? head : this.data.heads[0];
  }

  get token() {
    return selection().token ?? this.data.examples[0]?.token ?? 0;
  }

  /** `{attends, attendedBy, writes}` of the shown token: each [{id, value}], or null. */
  #of(token, head) {
    const key = `${head} ${token}`,
      { examples, dModel, minCount } = this.data;
    if (!this.#tables.has(key)) {
      const known = examples.find(one => one.token === token && one.head === head);
      const top = compute => {
        const values = compute(this.arrays, head, token, dModel),
          kept = id => (countsKnown() && corpusCount(id) < (minCount ?? 0) ? NaN : values[id]);
        return largest(values.length, 50, kept).map(id => ({ id, value: values[id] }));
      };
      if (this.#tables.size > 48) this.#tables.clear();
      this.#tables.set(
        key,
        canCompute(this.data)
          ? {
              attends: known?.attends ?? top(attends),
              attendedBy: known?.attendedBy ?? top(attendedBy),
              writes: known?.writes ?? top(writes),
            }
          : (known ?? null),
      );
    }
    return this.#tables.get(key);
  }

  render() {
    const { head, token } = this,
      { direction } = selection(),
      own = this.#of(token, head),
      largestOf = this.data.largest.find(one => one.head === head);
    if (this.pick) this.pick.select(head);
    const by = direction === 'by' && own?.attendedBy;
    fill(
      this.tables,
      own === null
        ? this.#unknown(token)
        : [
            this.#table(
              'attends',
              [tokenLink(token), by ? ' is attended by' : ' attends to'],
              'attention score above the mean, QK circuit',
              by ? own.attendedBy : own.attends,
              own.attendedBy &&
                segments(
                  'Direction',
                  [
                    ['to', 'to'],
                    ['by', 'by'],
                  ],
                  direction,
                  value => adjust({ direction: value }),
                ),
            ),
            this.#table(
              'writes',
              ['attending to ', tokenLink(token), ' writes'],
              'effect on the logit above the mean, OV circuit',
              own.writes,
            ),
          ],
      largestOf && [
        this.#pairs('qk', 'Largest scores', 'destination attends to source', largestOf.qk, '←'),
        this.#pairs('ov', 'Largest effects', 'source raises out', largestOf.ov, '→'),
      ],
    );
    fill(this.note, this.#leftOut());
    this.note.hidden = this.note.textContent === '';
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
    const known = [...new Set(this.data.examples.map(one => one.token))];
    return h(
      'p',
      { class: 'empty' },
      'This file has no tables for ',
      tokenLink(token),
      '; it has them for ',
      known.map(id => [tokenLink(id), ' ']),
    );
  }

  #table(name, title, note, rows, control) {
    const shown = rows.slice(0, this.#rows),
      scale = barScale(shown.map(row => row.value));
    return h(
      'div',
      { class: `bigrams ${name}` },
      h(
        'div',
        { class: 'table-head' },
        h('div', null, h('h3', null, title), h('p', { class: 'note' }, note)),
        control,
      ),
      h(
        'table',
        null,
        h(
          'tbody',
          null,
          shown.map(({ id, value }) =>
            h(
              'tr',
              { 'data-token': id },
              h('td', { class: 'token' }, tokenLink(id)),
              h('td', { class: 'bar' }, bar(scale, value, null)),
              h('td', { class: 'n' }, signed(value)),
            ),
          ),
        ),
      ),
    );
  }

  #pairs(name, title, note, pairs, arrow) {
    const shown = pairs.slice(0, this.#rows),
      scale = barScale(shown.map(one => one.value));
    return h(
      'div',
      { class: `bigrams ${name}` },
      h(
        'div',
        { class: 'table-head' },
        h('div', null, h('h3', null, title), h('p', { class: 'note' }, note)),
      ),
      h(
        'table',
        null,
        h(
          'tbody',
          null,
          shown.map(({ row, column, value }) =>
            h(
              'tr',
              null,
              h(
                'td',
                { class: 'pair' },
                tokenLink(row),
                h('span', { class: 'muted' }, ` ${arrow} `),
                tokenLink(column),
              ),
              h('td', { class: 'bar' }, bar(scale, value, null)),
              h('td', { class: 'n' }, signed(value)),
            ),
          ),
        ),
      ),
    );
  }

  csv() {
    const own = this.#of(this.token, this.head) ?? { attends: [], writes: [] },
      lines = [['head', 'table', 'token', 'id', 'bytes', 'of', 'value']];
    for (const table of ['attends', 'attendedBy', 'writes'])
      for (const { id, value } of own[table] ?? [])
        lines.push(
          [this.head, table, display(id), id, escapedBytes(id), display(this.token), value],
        );
    for (const { head, qk, ov } of this.data.largest)
      for (const [table, pairs] of Object.entries({ qk, ov }))
        for (const { row, column, value } of pairs)
          lines.push(
            [head, table, display(column), column, escapedBytes(column), display(row), value],
          );
    return lines;
  }

  svg() {
    const own = this.#of(this.token, this.head) ?? { attends: [], writes: [] };
    const rows = [
      ...own.attends.slice(0, FEW).map(one => ({ ...one, what: 'attends to' })),
      ...own.writes.slice(0, FEW).map(one => ({ ...one, what: 'writes' })),
    ];
    return drawTable(
      [
        { label: '', width: 110, kind: 'text', of: row => row.what },
        { label: 'token', width: 200, kind: 'token', of: row => display(row.id) },
        { label: 'value', width: 300, kind: 'bar', of: row => row.value },
        { label: '', width: 80, kind: 'number', of: row => signed(row.value) },
      ],
      rows,
      `head ${this.head}, ${display(this.token)}`,
    );
  }
}

register('vt-circuit-token', CircuitToken);

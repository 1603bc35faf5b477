// vt-ablation: what breaks without it?

import { register } from '../page/components.js';
import { h } from '../page/dom.js';
import { Figure, note, stepNote } from '../figures/figure.js';
import { score, signed } from '../page/numbers.js';
import { MONO, sheet } from '../figures/sheet.js';

const ROW = 24,
  TALL_ROW = 42,
  HEAD = 34;

/**
 * `data`: {unit, spread, groups: [{name, intact, reference?: {name, value}, rows: [{name, heads?:
 * [name], value, low?, high?, others?}]}]}. `value` is the loss without the heads; `others` marks
 * the yardstick, as many other heads.
 */
class Ablation extends Figure {
  get watched() {
    return ['head'];
  }

  empty({ groups }) {
    return groups.some(group => group.rows.length > 0)
      ? null
      : 'No head was ablated; use vitrine ablate MODEL --heads 1.2.';
  }

  build() {
    this.chart = h('div.ablations', { role: 'group' });
    this.note = h('p.aside');
    return [this.chart, this.note];
  }

  render(width) {
    this.chart.replaceChildren(this.#draw(width));
    this.chart.setAttribute(
      'aria-label',
      this.data.groups
        .map(({ name, intact, rows }) => {
          const [first] = rows;
          return first ? `${name}: ${first.name} ${signed(first.value - intact)}` : name;
        })
        .join('. '),
    );
    const { spread } = this.data,
      step = stepNote(this.data);
    note(this.note, spread && `Lines: ${spread}. `, step && `Losses ${step}.`);
  }

  #draw(width, mode) {
    const { groups, unit } = this.data,
      narrow = width < 560,
      left = narrow ? 2 : 210,
      right = width - (narrow ? 64 : 150),
      step = narrow ? TALL_ROW : ROW;
    const rows = groups.flatMap(group =>
      group.rows.map(row => ({ ...row, change: row.value - group.intact, intact: group.intact })),
    );
    const ends = rows.flatMap(row => [row.change, (row.high ?? row.value) - row.intact]),
      starts = rows.flatMap(row => [row.change, (row.low ?? row.value) - row.intact]),
      low = Math.min(0, ...starts),
      high = Math.max(1e-6, ...ends) * 1.03;
    const x = value => left + ((right - left) * (value - low)) / (high - low),
      height = groups.reduce((sum, group) => sum + HEAD + step * group.rows.length, 0) + 34,
      paper = sheet(width, height, mode);
    paper.gridAlong(low, high, narrow ? 3 : 6, x, 6, height - 30);
    paper.textEnd(right, height - 2, `change in loss, ${unit}`, { 'font-size': 11 });
    let y = 0;
    for (const group of groups) {
      this.#heading(paper, group, y, width, narrow);
      y += HEAD;
      for (const row of group.rows) {
        this.#row(paper, group, row, y, x, right, narrow);
        y += step;
      }
    }
    if (!narrow) paper.line(x(0), 6, x(0), height - 30, { stroke: 'ink3' });
    return paper.element;
  }

  #heading(paper, { name, intact, reference }, y, width, narrow) {
    paper.heading(0, y + 24, name);
    const words = [
      `intact ${score(intact)}`,
      reference && !narrow && `${reference.name} ${score(reference.value)}`,
    ].filter(Boolean);
    paper.textEnd(width, y + 24, words.join('   '), { style: { 'white-space': 'pre' } });
  }

  #row(paper, { intact }, row, y, x, right, narrow) {
    const change = row.value - intact,
      [head] = row.heads?.length === 1 ? row.heads : [null];
    const group = paper.group({ class: 'ablated', 'data-head': head });
    const line = narrow ? y + TALL_ROW - ROW : y;
    group.rect(0, y, right + 64, narrow ? TALL_ROW : ROW, { fill: 'transparent' });
    group.text(0, y + 16, row.name, {
      class: 'name',
      'font-family': head === row.name ? MONO : null,
      fill: row.others ? 'ink3' : 'ink',
    });
    group.rect(Math.min(x(0), x(change)), line + 5, Math.abs(x(change) - x(0)), 13, {
      fill: row.others ? 'rule2' : change >= 0 ? 'neg' : 'pos',
    });
    if (narrow) group.line(x(0), line + 2, x(0), line + 21, { stroke: 'ink3' });
    if (Number.isFinite(row.low) && Number.isFinite(row.high))
      group.line(x(row.low - intact), line + 11.5, x(row.high - intact), line + 11.5, {
        stroke: 'ink',
        'stroke-width': 1.5,
      });
    group.textEnd(right + 62, line + 16, signed(change), {
      fill: 'ink',
      'font-weight': row.others ? null : 600,
    });
    if (!narrow) group.textEnd(right + 150, y + 16, `to ${score(row.value)}`);
  }

  csv() {
    return [
      ['set', 'ablated', 'heads', 'intact', 'without', 'low', 'high', 'change'],
      ...this.data.groups.flatMap(group =>
        group.rows.map(row => [
          group.name,
          row.name,
          (row.heads ?? []).join(' '),
          group.intact,
          row.value,
          row.low,
          row.high,
          row.value - group.intact,
        ]),
      ),
    ];
  }

  svg() {
    return this.#draw(1008, 'light');
  }
}

register('vt-ablation', Ablation);

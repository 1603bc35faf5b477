// vt-comparison: two models side by side, row by row, in groups.

import { Figure } from '../figures/figure.js';
import { drawTable } from '../figures/table-svg.js';
import { register } from '../page/components.js';
import { fill, h, numberHead, table } from '../page/dom.js';

const SIDES = ['first', 'second'];

/**
 * `data`: {names: [first, second], rows: [{group, name, first?, second?, difference?,
 * firstMissing?, secondMissing?}]}: values as they are shown; a missing one with its reason.
 */
class Comparison extends Figure {
  build() {
    this.table = h('div.wide');
    return this.table;
  }

  render() {
    const { names, rows } = this.data,
      groups = [...new Set(rows.map(row => row.group))];
    fill(
      this.table,
      table(
        [h('td'), ...names.map(name => numberHead(name)), numberHead('difference')],
        groups.flatMap(group => this.#group(group, rows.filter(row => row.group === group))),
        'table.comparison',
      ),
    );
  }

  /** The rows of a group; a reason for which all of them lack a value stands once, in its head. */
  #group(group, rows) {
    const common = SIDES.map(side => {
      const reasons = new Set(rows.map(row => row[`${side}Missing`]));
      return reasons.size === 1 ? [...reasons][0] : null;
    });
    return [
      h(
        'tr.group',
        h('th', { scope: 'row' }, group),
        common.map(reason => h('td.n', reason && h('span.reason', reason))),
        h('td'),
      ),
      ...rows.map(row =>
        h(
          'tr',
          h('th', { scope: 'row' }, row.name),
          SIDES.map((side, i) =>
            h('td.n', row[side] ?? ['–', reasonOf(row[`${side}Missing`], common[i])]),
          ),
          h('td.n.muted', row.difference ?? ''),
        ),
      ),
    ];
  }

  csv() {
    const { names, rows } = this.data;
    return [
      ['group', 'name', ...names, 'difference'],
      ...rows.map(row => [row.group, row.name, row.first, row.second, row.difference]),
    ];
  }

  svg() {
    const { names, rows } = this.data,
      text = (label, width, of) => ({ label, width, kind: 'text', of });
    return drawTable(
      [
        text('', 330, row => row.name),
        text(names[0], 220, row => row.first ?? '–'),
        text(names[1], 220, row => row.second ?? '–'),
        text('difference', 100, row => row.difference ?? ''),
      ],
      rows,
      names.join(' and '),
    );
  }
}

function reasonOf(reason, common) {
  return reason && reason !== common && h('span.reason', reason);
}

register('vt-comparison', Comparison);

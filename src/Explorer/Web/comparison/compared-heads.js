// vt-compared-heads: what is each head of two models? Their heads as two grids on one scale.

import { css, inkOn, sequentialAt } from '../figures/colours.js';
import { Figure } from '../figures/figure.js';
import { rampKey } from '../figures/keys.js';
import { sheet } from '../figures/sheet.js';
import { scoreLabel } from '../heads/heads-data.js';
import { register } from '../page/components.js';
import { fill, h, segments, table } from '../page/dom.js';
import { score } from '../page/numbers.js';
import { adjust, declare, plainName, selection } from '../page/store.js';
import { ramp, scheme } from '../page/theme.js';

const CELL = 64,
  ROW = 36;

declare({ score: { read: plainName } });

/**
 * `data`: {models: [{name, rows: [{layer, head, kinds, scores: {name: {value}}}], missing?}],
 * scores: [name]}: two models, and the scores that can be chosen, shares of attention.
 */
class ComparedHeads extends Figure {
  get watched() {
    return ['score'];
  }

  build() {
    this.choice = segments('Score', [], chosen => adjust({ score: chosen }));
    this.grids = h('div.compared-heads');
    return [h('div.controls', this.choice), this.grids];
  }

  prepare() {
    this.choice.offer(this.#offered.map(name => [name, scoreLabel(name)]));
  }

  get #offered() {
    const { scores, models } = this.data;
    return scores.filter(name => models.some(({ rows }) => rows.some(row => row.scores[name])));
  }

  get #score() {
    const { score: chosen } = selection();
    return this.#offered.includes(chosen) ? chosen : this.#offered[0];
  }

  render() {
    this.choice.select(this.#score);
    fill(
      this.grids,
      this.data.models.map(model =>
        h(
          'section',
          h('h3', model.name),
          model.rows.length > 0 ? this.#grid(model) : h('p.aside', `No heads: ${model.missing}.`),
        ),
      ),
    );
  }

  #grid({ rows }) {
    return table(
      [h('td'), ...heads(rows).map(head => h('th', { scope: 'col' }, `head ${head}`))],
      layers(rows).map(layer =>
        h(
          'tr',
          h('th', { scope: 'row' }, `layer ${layer}`),
          heads(rows).map(head => this.#cell(at(rows, layer, head))),
        ),
      ),
    );
  }

  #cell(row) {
    const value = row?.scores[this.#score]?.value;
    if (value === undefined || value === null) return h('td', '–');
    const colour = shade(value, scheme());
    return h(
      'td',
      { style: { 'background-color': css(colour), color: `var(--${inkOn(colour)})` } },
      h('b', score(value)),
      h('span', row.kinds.join(', ')),
    );
  }

  key() {
    return rampKey('share of attention', share => sequentialAt(share, 'light'), [
      [0, '0'],
      [0.5, '0.5'],
      [1, '1'],
    ]);
  }

  csv() {
    return [
      ['model', 'head', 'kinds', ...this.#offered],
      ...this.data.models.flatMap(({ name, rows }) =>
        rows.map(row => [
          name,
          `${row.layer}.${row.head}`,
          row.kinds.join(', '),
          ...this.#offered.map(one => row.scores[one]?.value),
        ]),
      ),
    ];
  }

  svg() {
    const { models } = this.data,
      wide = Math.max(2, ...models.map(({ rows }) => heads(rows).length)) * CELL + 90,
      tall = Math.max(1, ...models.map(({ rows }) => layers(rows).length)) * ROW + 60,
      paper = sheet(2 * wide, tall, 'light');
    models.forEach(({ name, rows }, i) => {
      const left = i * wide;
      paper.heading(left, 14, `${name}: ${scoreLabel(this.#score)}`);
      layers(rows).forEach((layer, down) => {
        const top = 40 + down * ROW;
        paper.text(left, top + 22, `layer ${layer}`);
        for (const head of heads(rows)) {
          const value = at(rows, layer, head)?.scores[this.#score]?.value;
          if (down === 0) paper.textMiddle(left + 60 + (head + 0.5) * CELL, 32, `head ${head}`);
          if (value === undefined || value === null) continue;
          const colour = shade(value, 'light');
          paper.rect(left + 60 + head * CELL, top, CELL - 2, ROW - 2, { fill: css(colour) });
          paper.textMiddle(left + 60 + (head + 0.5) * CELL, top + 22, score(value), {
            fill: inkOn(colour, 'light'),
          });
        }
      });
    });
    return paper.element;
  }
}

/** Layers from the last down, as maps have them. */
function layers(rows) {
  return [...new Set(rows.map(row => row.layer))].sort((a, b) => b - a);
}

function heads(rows) {
  return [...new Set(rows.map(row => row.head))].sort((a, b) => a - b);
}

function at(rows, layer, head) {
  return rows.find(row => row.layer === layer && row.head === head);
}

function shade(value, mode) {
  return ramp(mode)[Math.round(255 * Math.max(0, Math.min(1, value)))];
}

register('vt-compared-heads', ComparedHeads);

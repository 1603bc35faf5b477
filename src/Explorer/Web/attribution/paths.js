// vt-paths: how much of the loss do paths of each length explain?

import { register } from '../page/components.js';
import { fill, h, table } from '../page/dom.js';
import { Figure, note, stepNote } from '../figures/figure.js';
import { headLink } from '../heads/heads.js';
import { roving } from '../page/keyboard.js';
import { count, residual, score, signed, sum } from '../page/numbers.js';
import { sheet } from '../figures/sheet.js';

const ROW = 34,
  FEW = 10;

/**
 * `data`: {orders: [{name, terms, loss}], layers?: [{name, terms, loss, gain}], terms: [{first,
 * second, effect}], tokens, residual, tolerance?}. The first order is where the count begins; each
 * `loss` is that of all terms up to there, the last the model's. A term is the direct path (no
 * head), a head (`first`) or a pair; its `effect` the mean lift of the right token's logit.
 */
class Paths extends Figure {
  empty({ orders }) {
    return orders.length > 1
      ? null
      : 'No path was expanded; vitrine paths MODEL expands the paths of a text.';
  }

  build() {
    this.chart = h('div.orders', { role: 'img' });
    this.sum = h('p.path-sum');
    this.terms = h('div.path-terms');
    this.note = h('p.aside');
    this.refreshKeys = roving(this.terms, 'a.head');
    return [this.chart, this.sum, this.terms, this.note];
  }

  get start() {
    return this.data.orders[0];
  }

  /** The orders after the first, with what each explains: `{…, before, gain}`. */
  steps() {
    return this.data.orders.slice(1).map((one, i) => {
      const before = this.data.orders[i].loss;
      return { ...one, before, gain: before - one.loss };
    });
  }

  render(width) {
    const steps = this.steps(),
      { residual: left, tolerance } = this.data,
      { start } = this;
    this.chart.replaceChildren(this.#draw(width));
    this.chart.setAttribute(
      'aria-label',
      steps.map(one => `${one.name}: ${signed(-one.gain)} nats`).join(', '),
    );
    const off = Math.abs(left ?? 0) > (tolerance ?? 1e-3);
    this.sum.className = off ? 'path-sum off' : 'path-sum';
    fill(
      this.sum,
      h('span.muted', start.name),
      ` ${score(start.loss)}`,
      steps.map(one => [' ', h('span.muted', one.name), ` ${signed(-one.gain)}`]),
      ' = ',
      h('strong', score(steps.at(-1).loss)),
      Number.isFinite(left) && `; the paths sum to the model’s stream, residual ${residual(left)}`,
      off ? ': the rest is not explained by these paths.' : '.',
    );
    this.#renderTerms();
    const step = stepNote(this.data);
    note(this.note, step && `Paths ${step}.`);
  }

  #draw(width, mode) {
    const steps = this.steps(),
      { start } = this,
      narrow = width < 560,
      left = narrow ? 0 : 190,
      right = width - (narrow ? 96 : 196),
      lift = narrow ? 20 : 0,
      row = ROW + lift,
      paper = sheet(width, 24 + row * (steps.length + 1) + 30, mode);
    const all = this.data.orders.map(one => one.loss),
      low = Math.min(...all) - 0.06 * (Math.max(...all) - Math.min(...all)),
      high = Math.max(...all);
    const x = value => left + ((right - left) * (value - low)) / (high - low || 1),
      bottom = 24 + row * (steps.length + 1);
    paper.gridAlong(low, high, narrow ? 3 : 6, x, 20, bottom);
    if (!narrow) {
      paper.textEnd(right + 96, 12, 'change');
      paper.textEnd(right + 190, 12, 'each term');
    }
    paper.text(left, 12, narrow ? 'loss, nats per token' : 'loss with terms up to here, nats');
    // On a phone names stand between the bars, where the lines that join these pass behind them.
    const halo = narrow && {
      'paint-order': 'stroke',
      stroke: 'bg',
      'stroke-width': 5,
      'stroke-linejoin': 'round',
    };
    const name = (label, y, extra) => {
      paper.text(0, narrow ? y - 5 : y + 14, label, { fill: 'ink', ...halo });
      if (extra) paper.textEnd(narrow ? width : left - 16, narrow ? y - 5 : y + 14, extra);
    };
    let y = 28 + lift;
    name(start.name, y);
    paper.line(x(start.loss), y, x(start.loss), y + 20, { stroke: 'ink', 'stroke-width': 2 });
    paper.textEnd(x(start.loss) - 8, y + 14, score(start.loss));
    for (const one of steps) {
      y += row;
      const words = `${count(one.terms)} ${one.terms === 1 ? 'term' : 'terms'}`;
      const [from, to] = [Math.min(one.loss, one.before), Math.max(one.loss, one.before)];
      paper.line(x(one.before), y - row + 20, x(one.before), y, { stroke: 'ink3' });
      name(one.name, y, one.terms > 0 ? words : null);
      paper.rect(x(from), y, x(to) - x(from), 20, { fill: one.gain >= 0 ? 'pos' : 'neg' });
      const inside = x(to) - x(from) > 52;
      paper.text(inside ? x(from) + 6 : x(to) + 6, y + 14, score(one.loss), {
        fill: inside ? 'bg' : 'ink',
      });
      paper.textEnd(right + 96, y + 14, signed(-one.gain), { 'font-weight': 600, fill: 'ink' });
      const each = one.terms > 0 ? signed(-one.gain / one.terms) : '–';
      if (!narrow) paper.textEnd(right + 190, y + 14, each);
    }
    return paper.element;
  }

  /** The terms of one kind, strongest first. */
  #termsOf(kind) {
    const is = { head: one => one.first && !one.second, pair: one => one.first && one.second };
    return this.data.terms.filter(is[kind]).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
  }

  #renderTerms() {
    const block = (title, said, rows, name, value, all) =>
      rows.length > 0 &&
      h(
        'div',
        h('h3', title),
        h('p.note', said),
        table(
          null,
          rows.map(one => h('tr', h('td', name(one)), h('td.n', value(one)))),
        ),
        all?.length > FEW && h('p.aside', this.#others(all)),
      );
    const lift = one => signed(one.effect),
      heads = this.#termsOf('head'),
      pairs = this.#termsOf('pair');
    fill(
      this.terms,
      block(
        'Layers alone',
        'change in loss, one layer’s heads added to the direct path',
        this.data.layers ?? [],
        one => one.name,
        one => signed(-one.gain),
      ),
      block(
        'Heads',
        'mean increase in the correct token’s logit',
        heads.slice(0, FEW),
        one => headLink(one.first),
        lift,
        heads,
      ),
      block(
        'Virtual heads',
        'the same, one head through another',
        pairs.slice(0, FEW),
        one => [headLink(one.first), ' → ', headLink(one.second)],
        lift,
        pairs,
      ),
    );
    this.refreshKeys();
  }

  #others(all) {
    const rest = all.slice(FEW);
    return `${count(rest.length)} others, ${signed(sum(rest.map(one => one.effect)))}`;
  }

  csv() {
    return [
      ['kind', 'name', 'terms', 'loss', 'effect'],
      ['order', this.start.name, this.start.terms, this.start.loss, ''],
      ...this.steps().map(one => ['order', one.name, one.terms, one.loss, -one.gain]),
      ...(this.data.layers ?? []).map(one => ['layer', one.name, one.terms, one.loss, -one.gain]),
      ...this.#termsOf('head').map(one => ['head', one.first, 1, '', one.effect]),
      ...this.#termsOf('pair').map(one => {
        const name = `${one.first} → ${one.second}`;
        return ['virtual head', name, 1, '', one.effect];
      }),
    ];
  }

  svg() {
    return this.#draw(1008, 'light');
  }
}

register('vt-paths', Paths);

// vt-paths: how much of the loss do paths of each length explain?

import { register } from './components.js';
import { fill, h } from './dom.js';
import { Figure, stepNote } from './figure.js';
import { headLink } from './heads.js';
import { roving } from './keyboard.js';
import { count, score, signed } from './numbers.js';
import { sheet } from './sheet.js';

const ROW = 34,
  FEW = 10;

/**
 * `data`: {start: {name, loss}, orders: [{order, name, terms, loss, low?, high?}], full: loss of
 * the model, heads?: [{head, effect, low?, high?}], pairs?: [{from, to, effect}], residual,
 * tolerance?, unit}. `loss` is that with the terms up to this order; `effect` what leaving the term
 * out adds to the loss.
 */
export class Paths extends Figure {
  empty({ orders }) {
    return orders.length > 0
      ? null
      : 'No path was expanded; vitrine attribute MODEL --paths does it for a text.';
  }

  build() {
    this.chart = h('div', { class: 'orders', role: 'img' });
    this.sum = h('p', { class: 'sum-line' });
    this.terms = h('div', { class: 'path-terms' });
    this.note = h('p', { class: 'aside' });
    fill(this, this.chart, this.sum, this.terms, this.note);
    roving(this.terms, () => [[...this.terms.querySelectorAll('a.head')]]);
  }

  /** The orders with what each explains: `{…, before, gain, each}`. */
  steps() {
    const { start, orders } = this.data;
    return orders.map((one, i) => {
      const before = i === 0 ? start.loss : orders[i - 1].loss,
        gain = before - one.loss;
      return { ...one, before, gain, each: gain / one.terms };
    });
  }

  render(width) {
    const steps = this.steps(),
      { start, full, residual, tolerance } = this.data;
    this.chart.replaceChildren(this.#draw(width));
    this.chart.setAttribute(
      'aria-label',
      steps.map(one => `${one.name}: ${signed(-one.gain)} nats`).join(', '),
    );
    const off = Math.abs(residual ?? 0) > (tolerance ?? 1e-3);
    this.sum.className = off ? 'sum-line off' : 'sum-line';
    fill(
      this.sum,
      h('i', { class: 'sign', 'aria-hidden': 'true' }),
      h('span', { class: 'muted' }, start.name),
      ` ${score(start.loss)}`,
      steps.map(one => [' ', h('span', { class: 'muted' }, one.name), ` ${signed(-one.gain)}`]),
      ` = ${score(steps.at(-1).loss)}; the model `,
      h('strong', null, score(full)),
      residual !== undefined && residual !== null ? `, residual ${tiny(residual)}` : '',
      off ? ': paths longer than these carry the rest.' : '.',
    );
    this.#renderTerms();
    const step = stepNote(this.data);
    this.note.textContent = step ? `Paths ${step}.` : '';
    this.note.hidden = !step;
  }

  #draw(width, mode) {
    const steps = this.steps(),
      { start, full } = this.data,
      narrow = width < 560,
      left = narrow ? 0 : 190,
      right = width - (narrow ? 96 : 196),
      lift = narrow ? 20 : 0,
      row = ROW + lift,
      paper = sheet(width, 24 + row * (steps.length + 1) + 30, mode);
    const all = [start.loss, full, ...steps.map(one => one.loss)],
      low = Math.min(...all) - 0.06 * (Math.max(...all) - Math.min(...all)),
      high = Math.max(...all);
    const x = value => left + ((right - left) * (value - low)) / (high - low || 1),
      bottom = 24 + row * (steps.length + 1);
    paper.gridAlong(low, high, narrow ? 3 : 6, x, 20, bottom);
    if (!narrow) {
      paper.text(right + 96, 12, 'change', { 'text-anchor': 'end' });
      paper.text(right + 190, 12, 'each term', { 'text-anchor': 'end' });
    }
    paper.text(left, 12, narrow ? 'loss, nats per token' : 'loss with terms up to here, nats');
    const name = (label, y, extra) => {
      paper.text(0, narrow ? y - 5 : y + 14, label, { fill: paper.paint('ink') });
      if (extra)
        paper.text(narrow ? width : left - 16, narrow ? y - 5 : y + 14, extra, {
          'text-anchor': 'end',
        });
    };
    let y = 28 + lift;
    name(start.name, y);
    paper.line(x(start.loss), y, x(start.loss), y + 20, {
      stroke: paper.paint('ink'),
      'stroke-width': 2,
    });
    paper.text(x(start.loss) - 8, y + 14, score(start.loss), { 'text-anchor': 'end' });
    for (const one of steps) {
      y += row;
      name(one.name, y, `${count(one.terms)} ${one.terms === 1 ? 'term' : 'terms'}`);
      const [from, to] = [Math.min(one.loss, one.before), Math.max(one.loss, one.before)];
      paper.line(x(one.before), y - row + 20, x(one.before), y, { stroke: paper.paint('ink3') });
      paper.rect(x(from), y, x(to) - x(from), 20, {
        fill: paper.paint(one.gain >= 0 ? 'pos' : 'neg'),
      });
      if (Number.isFinite(one.low))
        paper.line(x(one.low), y + 10, x(one.high), y + 10, {
          stroke: paper.paint('ink'),
          'stroke-width': 1.5,
        });
      const inside = x(to) - x(from) > 52;
      paper.text(inside ? x(from) + 6 : x(to) + 6, y + 14, score(one.loss), {
        fill: paper.paint(inside ? 'bg' : 'ink'),
      });
      paper.text(right + 96, y + 14, signed(-one.gain), {
        'text-anchor': 'end',
        'font-weight': 600,
        fill: paper.paint('ink'),
      });
      if (!narrow) paper.text(right + 190, y + 14, signed(-one.each), { 'text-anchor': 'end' });
    }
    return paper.element;
  }

  #renderTerms() {
    const { heads = [], pairs = [] } = this.data;
    const block = (title, note, all, name) =>
      all?.length > 0 &&
      h(
        'div',
        null,
        h('h3', null, title),
        h('p', { class: 'note' }, note),
        h(
          'table',
          null,
          h(
            'tbody',
            null,
            [...all]
              .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
              .slice(0, FEW)
              .map(one =>
                h(
                  'tr',
                  null,
                  h('td', null, name(one)),
                  h('td', { class: 'n' }, signed(one.effect)),
                ),
              ),
          ),
        ),
        all.length > FEW && h('p', { class: 'aside' }, this.#others(all)),
      );
    fill(
      this.terms,
      block('Heads', 'what leaving the term out adds to the loss', heads, one =>
        headLink(one.head),
      ),
      block('Virtual heads', 'a pair of heads, one through the other', pairs, one => [
        headLink(one.from),
        ' → ',
        headLink(one.to),
      ]),
    );
  }

  #others(all) {
    const rest = [...all]
      .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
      .slice(FEW);
    const sum = rest.reduce((total, one) => total + one.effect, 0);
    return `${count(rest.length)} others, ${signed(sum)}`;
  }

  csv() {
    const { start, heads = [], pairs = [] } = this.data;
    return [
      ['kind', 'name', 'terms', 'loss', 'effect'],
      ['order', start.name, 0, start.loss, ''],
      ...this.steps().map(one => ['order', one.name, one.terms, one.loss, -one.gain]),
      ...heads.map(one => ['head', one.head, 1, '', one.effect]),
      ...pairs.map(one => ['virtual head', `${one.from} → ${one.to}`, 1, '', one.effect]),
    ];
  }

  svg() {
    return this.#draw(1008, 'light');
  }
}

/** A residual: `2 × 10⁻⁶`. */
function tiny(value) {
  if (value === 0) return '0';
  const [digits, exponent] = Math.abs(value).toExponential(0).split('e');
  const raised = c => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]);
  return `${digits} × 10${[...String(Number(exponent))].map(raised).join('')}`;
}

register('vt-paths', Paths);

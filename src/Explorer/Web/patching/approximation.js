// vt-approximation: how close is the gradient to the patch?

import { Figure } from '../figures/figure.js';
import { sheet } from '../figures/sheet.js';
import { nearestPoint, stage } from '../figures/stage.js';
import { headLink, headOf } from '../heads/heads.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { placeAfter } from '../page/keyboard.js';
import { score, tickLabel, ticks } from '../page/numbers.js';
import { lock, selection } from '../page/store.js';

const LEFT = 52,
  MOST = 420;

/**
 * `data`: {points: [{site, row, position?, exact, gradient}], meanError, largestError,
 * correlation?}.
 */
class Approximation extends Figure {
  #pointed = null;
  #places = [];

  get watched() {
    return ['site'];
  }

  empty({ points }) {
    return points.length > 0 ? null : 'No patch was approximated.';
  }

  build() {
    this.readout = h('div.slot', { 'aria-live': 'polite' });
    this.stage = stage('plane', {
      at: (x, y) => nearestPoint(this.#places, x, y),
      shown: () => this.#pointed,
      point: i => this.#point(i),
      choose: i => this.#lock(i),
      key: event => this.#key(event),
    });
    return [this.readout, this.stage];
  }

  prepare() {
    this.#pointed = null;
  }

  /** The points by error, largest first: the order of the arrows. */
  get #order() {
    const { points } = this.data,
      error = i => Math.abs(points[i].exact - points[i].gradient);
    return points.map((_, i) => i).sort((a, b) => error(b) - error(a));
  }

  #key(event) {
    const order = this.#order,
      to = placeAfter(event, order.indexOf(this.#pointed), order.length);
    if (to !== undefined) this.#point(order[to]);
    else if (event.key === 'Enter' && this.#pointed !== null) this.#lock(this.#pointed);
  }

  #point(i) {
    this.#pointed = i;
    this.draw();
  }

  #lock(i) {
    const { site, row, position } = this.data.points[i],
      head = headOf(row);
    if (position === undefined) lock({ head: row });
    else lock({ site, layer: head ? null : Number(row), pos: position, head: head ? row : null });
  }

  render(width) {
    const side = Math.min(MOST, width);
    this.stage.replaceChildren(this.#draw(side));
    const words = this.#words();
    fill(this.readout, ...words.map((line, i) => h('div', { class: i && 'mini-head' }, line)));
    this.stage.setAttribute(
      'aria-label',
      `Gradient compared with patch: mean error ${score(this.data.meanError)}. ` +
        'Arrow keys step through the patches by error.',
    );
  }

  #words() {
    const { points } = this.data,
      chosen = this.#pointed ?? this.#order[0],
      { site, row, position, exact, gradient } = points[chosen];
    return [
      [
        this.#pointed === null ? 'largest error: ' : '',
        site,
        headOf(row) ? [' of ', headLink(row)] : ` of layer ${row}`,
        position === undefined ? ', all positions' : `, position ${position}`,
      ],
      `patch ${score(exact)}, gradient ${score(gradient)}, error ${score(gradient - exact)}`,
    ];
  }

  #draw(side, mode) {
    const { points } = this.data,
      all = points.flatMap(one => [one.exact, one.gradient]),
      low = Math.min(0, ...all),
      high = Math.max(0.1, ...all),
      room = 0.05 * (high - low),
      right = side - 8,
      tall = right - LEFT,
      top = 8,
      bottom = top + tall;
    const part = value => (value - low + room) / (high - low + 2 * room),
      x = value => LEFT + part(value) * (right - LEFT),
      y = value => bottom - part(value) * tall,
      paper = sheet(side, bottom + 40, mode),
      marks = ticks(low, high, 8);
    if (!mode) this.#places = points.map(one => [x(one.exact), y(one.gradient)]);
    for (const mark of marks) {
      const label = tickLabel(mark, marks[1] - marks[0] || 1);
      paper.line(x(mark), top, x(mark), bottom);
      paper.line(LEFT, y(mark), right, y(mark));
      paper.textMiddle(x(mark), bottom + 16, label);
      paper.textEnd(LEFT - 8, y(mark) + 4, label);
    }
    paper.line(LEFT, bottom, right, top, { stroke: 'ink3', 'stroke-dasharray': '4 3' });
    paper.textEnd(right, bottom + 34, 'patch →', { 'font-size': 11 });
    paper.text(LEFT, bottom + 34, 'gradient ↑', { 'font-size': 11 });
    const { site } = selection();
    points.forEach((one, i) => {
      const away = site !== null && one.site !== site;
      paper.dot(x(one.exact), y(one.gradient), i === this.#pointed ? 5 : 3, {
        class: i === this.#pointed ? 'patch hover' : 'patch',
        fill: i === this.#pointed ? 'ink' : 'pos',
        'fill-opacity': i === this.#pointed ? 1 : away ? 0.2 : 0.6,
      });
    });
    return paper.element;
  }

  csv() {
    return [
      ['site', 'layer or head', 'position', 'patch', 'gradient'],
      ...this.data.points.map(one => [one.site, one.row, one.position, one.exact, one.gradient]),
    ];
  }

  svg() {
    return this.#draw(MOST, 'light');
  }
}

register('vt-approximation', Approximation);

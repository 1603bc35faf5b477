// vt-eigenvalues: does it copy?

import { Figure, note, stepNote } from '../figures/figure.js';
import { MONO, sheet } from '../figures/sheet.js';
import { nearestPoint, stage } from '../figures/stage.js';
import { headLink } from '../heads/heads.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { placeAfter } from '../page/keyboard.js';
import { score } from '../page/numbers.js';
import { selection } from '../page/store.js';
import { drawPlane, drawSpectrum, middleOf, planeScales, windowOf } from './complex-plane.js';

const GAP = 16,
  TALL = 300;

/**
 * `data`: {head, eigenvalues: [[re, im]], score, baseline: {mean, sd, radius}}, or {heads: [of
 * these]}; timeline?.
 */
class Eigenvalues extends Figure {
  #pointed = null;
  #places = [];
  #owners = [];

  get watched() {
    return ['head'];
  }

  get heads() {
    return this.data.heads ?? [this.data];
  }

  /** The head of the large plane: the locked one, or that with the highest score. */
  get shown() {
    const { head } = selection();
    return (
      this.heads.find(one => one.head === head) ??
      this.heads.reduce((best, one) => (one.score > best.score ? one : best))
    );
  }

  empty(record) {
    return (record.heads ?? [record]).some(one => one.eigenvalues?.length > 0)
      ? null
      : 'These weights have no eigenvalues yet; vitrine circuits MODEL computes them.';
  }

  build() {
    this.stage = stage('plane', {
      at: (x, y) => this.#owners[nearestPoint(this.#places, x, y)] ?? null,
      shown: () => this.#pointed,
      point: i => this.#show(i),
      key: event => this.#key(event),
    });
    this.readout = h('div.slot', { 'aria-live': 'polite' });
    this.small = h('div.planes');
    this.note = h('p.aside');
    return [this.readout, this.stage, this.small, this.note];
  }

  prepare() {
    this.#pointed = null;
    this.small.hidden = this.heads.length < 2;
  }

  /** Arrows walk the eigenvalues by modulus, largest first. */
  #key(event) {
    const all = this.shown.eigenvalues,
      order = all.map((_, i) => i).sort((a, b) => Math.hypot(...all[b]) - Math.hypot(...all[a])),
      to = placeAfter(event, order.indexOf(this.#pointed), order.length);
    if (to !== undefined) this.#show(order[to]);
  }

  #show(i) {
    this.#pointed = i;
    for (const old of this.stage.querySelectorAll('.eigenvalue.hover'))
      old.classList.remove('hover');
    for (const one of this.stage.querySelectorAll(`[data-i="${i}"]`)) one.classList.add('hover');
    fill(this.readout, ...this.#words());
  }

  #words() {
    const { head, eigenvalues, score: value, baseline } = this.shown,
      one = eigenvalues[this.#pointed];
    const title = [head ? ['head ', headLink(head), '  '] : null];
    if (!one)
      return [
        h('div', title, `copying ${score(value)}`),
        baseline && h('div.mini-head', `random ${score(baseline.mean)} ± ${score(baseline.sd)}`),
      ];
    const modulus = Math.hypot(...one),
      total = eigenvalues.reduce((sum, other) => sum + Math.hypot(...other), 0);
    return [
      h('div', title, `λ ${complex(one)}`),
      h(
        'div.mini-head',
        `modulus ${score(modulus)}, ${((100 * modulus) / total).toFixed(1)}% of Σ|λ|`,
      ),
    ];
  }

  render(width) {
    this.stage.replaceChildren(this.#plane(width));
    const right = this.shown.eigenvalues.filter(([re]) => re > 0).length;
    this.stage.setAttribute(
      'aria-label',
      `${right} of ${this.shown.eigenvalues.length} eigenvalues are right of zero; copying score ` +
        `${score(this.shown.score)}. Arrow keys step through them by size.`,
    );
    if (!this.small.hidden) this.#multiples(width);
    this.#show(this.#pointed);
    const step = stepNote(this.data);
    note(this.note, step && `Eigenvalues ${step}.`);
  }

  #plane(width, mode) {
    const { eigenvalues, baseline } = this.shown,
      whole = windowOf([this.shown]),
      middle = middleOf(this.shown),
      left = 56,
      gap = left + 24,
      beside = middle && width >= 640,
      room = beside ? (width - left - gap - 28) / 2 : width - left - 10,
      tall = Math.min(TALL, Math.max(150, (room * 2 * whole.up) / (whole.high - whole.low))),
      below = middle && !beside ? tall + 76 : 0;
    const paper = sheet(width, tall + below + 62, mode),
      planes = [planeScales(whole, left, 22, room, tall)];
    if (middle)
      planes.push(
        planeScales(middle, beside ? left + room + gap : left, 22 + below, room, tall),
      );
    for (const scales of planes) {
      drawPlane(paper, scales, true);
      drawSpectrum(paper, scales, this.shown, largest([this.shown]));
    }
    if (middle) this.#frameMiddle(paper, ...planes);
    if (!mode) {
      const inside = planes.map(({ low, high, up }) =>
        eigenvalues
          .map((_, i) => i)
          .filter(i => {
            const [re, im] = eigenvalues[i];
            return re >= low && re <= high && Math.abs(im) <= up;
          }),
      );
      this.#owners = inside.flat();
      this.#places = inside.flatMap((ids, k) =>
        ids.map(i => [planes[k].x(eigenvalues[i][0]), planes[k].y(eigenvalues[i][1])]),
      );
    }
    if (baseline?.radius) paper.textEnd(width - 10, 14, 'grey: random matrices');
    return paper.element;
  }

  /** The second plane is a part of the first: a frame around both, and how much larger. */
  #frameMiddle(paper, whole, part) {
    const { left, right, top, bottom } = part,
      [x1, x2] = [part.low, part.high].map(whole.x),
      [y1, y2] = [part.up, -part.up].map(whole.y),
      times = Math.round(part.unit / whole.unit),
      line = { fill: 'none', stroke: 'ink3' };
    paper.rect(x1, y1, x2 - x1, y2 - y1, line);
    paper.rect(left, top, right - left, bottom - top, line);
    paper.text(left + 60, top - 8, `the middle, ${times} times as large`);
  }

  /** All heads, on one scale. */
  #multiples(width) {
    const view = windowOf(this.heads),
      most = largest(this.heads),
      across = Math.min(this.heads.length, Math.max(2, Math.floor((width + GAP) / (100 + GAP)))),
      size = Math.min(140, Math.floor((width - GAP * (across - 1)) / across));
    fill(
      this.small,
      this.heads.map(one => {
        const paper = sheet(size, 92),
          scales = planeScales(view, 0, 0, size, 72);
        drawPlane(paper, scales, false);
        drawSpectrum(paper, scales, one, most, 4);
        paper.text(0, 88, one.head, { 'font-family': MONO, fill: 'ink' });
        paper.textEnd(size, 88, score(one.score));
        paper.element.setAttribute('aria-hidden', true);
        return h(
          'button',
          {
            class: `multiple${one === this.shown ? ' shown' : ''}`,
            'data-head': one.head,
          },
          h('span.spoken', `head ${one.head}, copying ${score(one.score)}`),
          paper.element,
        );
      }),
    );
  }

  csv() {
    return [
      ['head', 're', 'im', 'modulus'],
      ...this.heads.flatMap(({ head, eigenvalues }) =>
        eigenvalues.map(([re, im]) => [head, re, im, Math.hypot(re, im)]),
      ),
    ];
  }

  svg() {
    return this.#plane(620, 'light');
  }
}

function largest(spectra) {
  return Math.max(...spectra.flatMap(one => one.eigenvalues.map(value => Math.hypot(...value))));
}

/** `2.10 − 0.43i`. */
function complex([re, im]) {
  return im === 0 ? score(re) : `${score(re)} ${im < 0 ? '−' : '+'} ${score(Math.abs(im))}i`;
}

register('vt-eigenvalues', Eigenvalues);

// vt-position: how much of the score is position, and how far back does a head look?

import { Figure, note, stepNote } from '../figures/figure.js';
import { stage } from '../figures/stage.js';
import { headLink } from '../heads/heads.js';
import { register } from '../page/components.js';
import { barHead, fill, h, numberHead, rowClick, table } from '../page/dom.js';
import { placeAfter, roving } from '../page/keyboard.js';
import { count, percent, score } from '../page/numbers.js';
import { lock, selection } from '../page/store.js';
import { distanceAt, drawDistance } from './distance-drawing.js';

/** The parts of a score's variance: field, name, colour of the style sheet. */
const PARTS = [
  ['positionAlone', 'position alone', 'seq3'],
  ['tokenAndPosition', 'with the query token', 'seq2'],
  ['sourceToken', 'source token alone', 'ink3'],
  ['tokenPair', 'pair of tokens', 'rule2'],
];

/**
 * `data`: {heads: [{head, positions, sourceToken, tokenPair, positionAlone, tokenAndPosition,
 * byDistance, uniform}], measured?: {heads: [{head, mean, low, high}], uniform, sequences,
 * positions}}. `byDistance` is what positions alone would do, `mean` what was measured.
 */
class Position extends Figure {
  #pointed = null;

  get watched() {
    return ['head', 'headPreview'];
  }

  empty({ heads, measured }) {
    return heads.length > 0 || measured
      ? null
      : 'Positions rotate this model’s queries and keys, so no part of a score depends on position ' +
          'alone; attention by distance needs a text.';
  }

  /** Every head that something is known of, with both curves where there are both. */
  get curves() {
    const { heads, measured } = this.data;
    const names = [...new Set([...(measured?.heads ?? []), ...heads].map(one => one.head))];
    return names.map(head => {
      const alone = heads.find(one => one.head === head),
        found = measured?.heads.find(one => one.head === head);
      return { head, ...found, alone: alone?.byDistance };
    });
  }

  /** The head whose curves are strong: hovered, locked, or the one that leans on position most. */
  get shown() {
    const { head, headPreview } = selection(),
      { curves } = this;
    const most = [...this.data.heads].sort((a, b) => b.positionAlone - a.positionAlone)[0];
    return (
      [headPreview, head, most?.head]
        .map(name => curves.find(one => one.head === name))
        .find(Boolean) ?? curves[0]
    );
  }

  build() {
    this.shares = h('div.shares');
    this.heading = h('h3');
    this.readout = h('div.slot', { 'aria-live': 'polite' });
    this.stage = stage('plane', {
      at: x => distanceAt(this.shown, this.stage.clientWidth, x),
      shown: () => this.#pointed,
      point: distance => this.#point(distance),
      key: event => this.#key(event),
    });
    this.note = h('p.aside');
    this.refreshKeys = roving(this.shares, 'a.head');
    this.pair = h('div', this.shares, h('div', this.heading, this.readout, this.stage));
    return [this.pair, this.note];
  }

  prepare() {
    const hasShares = this.data.heads.length > 0;
    this.#pointed = null;
    this.shares.hidden = !hasShares;
    this.pair.classList.toggle('position-pair', hasShares);
  }

  #key(event) {
    const { length } = this.shown.mean ?? this.shown.alone,
      to = placeAfter(event, this.#pointed ?? 0, length, 0);
    if (to !== undefined) this.#point(to);
  }

  #point(distance) {
    this.#pointed = distance;
    this.draw();
  }

  render() {
    this.#renderShares();
    const { shown } = this;
    fill(this.heading, 'Head ', headLink(shown.head), ': attention by distance');
    if (this.stage.clientWidth > 0) this.stage.replaceChildren(this.#draw(this.stage.clientWidth));
    const words = this.#words(shown);
    fill(this.readout, ...words.map((line, i) => h('div', { class: i && 'mini-head' }, line)));
    this.stage.setAttribute('aria-label', `${words.join('. ')}. Arrow keys move by distance.`);
    const step = stepNote(this.data);
    note(this.note, step && `Attention ${step}.`);
  }

  #uniform(shown) {
    return (
      this.data.measured?.uniform ?? this.data.heads.find(one => one.head === shown.head)?.uniform
    );
  }

  #draw(width, mode) {
    const { curves, shown } = this;
    return drawDistance(
      {
        shown,
        others: curves.filter(one => one.head !== shown.head),
        uniform: this.#uniform(shown),
        pointed: this.#pointed,
      },
      width,
      mode,
    );
  }

  #words(shown) {
    const main = shown.mean ?? shown.alone,
      at = this.#pointed;
    if (at === null) {
      let half = 0,
        sum = 0;
      while (half < main.length && sum + main[half] < 0.5) sum += main[half++];
      return [
        half < main.length
          ? half === 0
            ? 'half the weight lies on the token itself'
            : `half the weight lies within ${count(half)} ${half === 1 ? 'token' : 'tokens'}`
          : `${percent(sum, 0)} of the weight lies within ${count(main.length - 1)} tokens`,
        shown.mean ? 'measured on text' : 'by position alone',
      ];
    }
    const words = at === 1 ? '1 token back' : `${count(at)} tokens back`,
      back = at === 0 ? 'the token itself' : words,
      middle = shown.mean && `, 90% of queries ${fine(shown.low[at])} to ${fine(shown.high[at])}`;
    const uniform = this.#uniform(shown);
    return [
      `${back}: ${fine(main[at])}${middle || ''}`,
      [
        shown.mean && shown.alone && `position alone ${fine(shown.alone[at])}`,
        uniform && `a uniform head ${fine(uniform[at])}`,
      ]
        .filter(Boolean)
        .join('; '),
    ];
  }

  #renderShares() {
    const { heads } = this.data,
      { head: locked } = selection();
    fill(this.shares, heads.length > 0 && this.#sharesOf(heads, locked));
    this.refreshKeys();
  }

  #sharesOf(heads, locked) {
    return [
      h('h3', 'Components of the score'),
      h('p.note', 'share of its variance over keys'),
      h(
        'div.share-key',
        PARTS.map(([, name, colour]) =>
          h('span', h('i', { style: { background: `var(--${colour})` } }), name),
        ),
      ),
      table(
        ['head', barHead(), numberHead('position'), numberHead('source'), numberHead('pair')],
        heads.map(one => this.#shareRow(one, locked)),
      ),
    ];
  }

  #shareRow(one, locked) {
    const number = value => h('td.n', percent(value, 0));
    return h(
      'tr',
      {
        class: one.head === this.shown.head ? 'chosen' : null,
        onclick: rowClick(() => lock({ head: locked === one.head ? null : one.head })),
      },
      h('td', headLink(one.head)),
      h(
        'td.bar',
        h(
          'div.stack',
          { title: one.positions },
          PARTS.map(([field, , colour]) => {
            const width = `${(100 * one[field]).toFixed(2)}%`;
            return h('i', { style: { background: `var(--${colour})`, width } });
          }),
        ),
      ),
      number(one.positionAlone + one.tokenAndPosition),
      number(one.sourceToken),
      number(one.tokenPair),
    );
  }

  csv() {
    const uniform = this.#uniform(this.shown);
    return [
      ['head', 'distance', 'mean', 'low', 'high', 'position alone', 'uniform'],
      ...this.curves.flatMap(({ head, mean, low, high, alone }) =>
        (mean ?? alone).map((_, distance) => [
          head,
          distance,
          mean?.[distance],
          low?.[distance],
          high?.[distance],
          alone?.[distance],
          uniform?.[distance],
        ]),
      ),
    ];
  }

  svg() {
    return this.#draw(620, 'light');
  }
}

/** A weight: two decimals, three below 0.1. */
function fine(value) {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) < 0.0995 ? value.toFixed(3) : score(value);
}

register('vt-position', Position);

// vt-position: how much of the score is position, and how far back does a head look?

import { register } from './components.js';
import { distanceAt, drawDistance } from './distance-drawing.js';
import { fill, h, perFrame } from './dom.js';
import { Figure, stepNote } from './figure.js';
import { headLink } from './heads.js';
import { roving } from './keyboard.js';
import { count, percent, score } from './numbers.js';
import { lock, selection } from './store.js';

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
export class Position extends Figure {
  #pointed = null;

  get watched() {
    return ['head', 'headPreview'];
  }

  empty({ heads, measured }) {
    return heads.length > 0 || measured
      ? null
      : 'Positions turn this model’s queries and keys, so that no part of a score is position ' +
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
    this.shares = h('div', { class: 'shares' });
    this.heading = h('h3');
    this.readout = h('div', { class: 'slot', 'aria-live': 'polite' });
    this.stage = h('div', { class: 'plane', tabindex: 0, role: 'img' });
    this.note = h('p', { class: 'aside' });
    const hasShares = this.data.heads.length > 0;
    fill(
      this,
      h(
        'div',
        { class: hasShares ? 'position-pair' : null },
        hasShares && this.shares,
        h('div', null, this.heading, this.readout, this.stage),
      ),
      this.note,
    );
    this.refreshKeys = roving(this.shares, () => [[...this.shares.querySelectorAll('a.head')]]);
    const at = event => {
      const { left } = this.stage.getBoundingClientRect();
      return distanceAt(this.shown, this.stage.clientWidth, event.clientX - left);
    };
    const show = perFrame(distance => this.#show(distance));
    this.stage.addEventListener('pointermove', event => show(at(event)));
    this.stage.addEventListener('pointerdown', event => show(at(event)));
    this.stage.addEventListener('pointerleave', event => {
      if (event.pointerType !== 'touch') show(null);
    });
    this.stage.addEventListener('blur', () => this.#show(null));
    this.stage.addEventListener('keydown', event => this.#key(event));
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  #key(event) {
    const last = (this.shown.mean ?? this.shown.alone).length - 1,
      at = this.#pointed ?? 0,
      stride = event.shiftKey ? 10 : 1;
    const to = { ArrowRight: at + stride, ArrowLeft: at - stride, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#show(Math.max(0, Math.min(last, to)));
  }

  #show(distance) {
    if (this.#pointed === distance) return;
    this.#pointed = distance;
    this.draw();
  }

  render() {
    this.#renderShares();
    const { shown } = this;
    fill(this.heading, 'Head ', headLink(shown.head), ': attention by distance');
    if (this.stage.clientWidth > 0)
      this.stage.replaceChildren(this.#draw(this.stage.clientWidth));
    const words = this.#words(shown);
    fill(this.readout, ...words.map((line, i) => h('div', { class: i && 'mini-head' }, line)));
    this.stage.setAttribute('aria-label', `${words.join('. ')}. Arrows move by distance.`);
    const step = stepNote(this.data);
    this.note.textContent = step ? `Attention ${step}.` : '';
    this.note.hidden = !step;
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
    fill(
      this.shares,
      h('h3', null, 'What the score is made of'),
      h('p', { class: 'note' }, 'share of its variance over keys'),
      h(
        'div',
        { class: 'share-key' },
        PARTS.map(([, name, colour]) =>
          h('span', null, h('i', { style: { background: `var(--${colour})` } }), name),
        ),
      ),
      h(
        'table',
        null,
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col' }, 'head'),
            h('th', { class: 'bar', 'aria-hidden': 'true' }),
            h('th', { scope: 'col', class: 'n' }, 'position'),
            h('th', { scope: 'col', class: 'n' }, 'source'),
            h('th', { scope: 'col', class: 'n' }, 'pair'),
          ),
        ),
        h(
          'tbody',
          null,
          heads.map(one =>
            h(
              'tr',
              {
                class: one.head === this.shown.head ? 'chosen' : null,
                onclick: event => {
                  if (!event.target.closest('a'))
                    lock({ head: locked === one.head ? null : one.head });
                },
              },
              h('td', null, headLink(one.head)),
              h(
                'td',
                { class: 'bar' },
                h(
                  'div',
                  { class: 'stack', title: one.positions },
                  PARTS.map(([field, , colour]) =>
                    h('i', {
                      style: {
                        background: `var(--${colour})`,
                        width: `${(100 * one[field]).toFixed(2)}%`,
                      },
                    }),
                  ),
                ),
              ),
              h('td', { class: 'n' }, percent(one.positionAlone + one.tokenAndPosition, 0)),
              h('td', { class: 'n' }, percent(one.sourceToken, 0)),
              h('td', { class: 'n' }, percent(one.tokenPair, 0)),
            ),
          ),
        ),
      ),
    );
    this.refreshKeys();
  }

  csv() {
    const uniform = this.#uniform(this.shown);
    return [
      ['head', 'distance', 'mean', 'low', 'high', 'position alone', 'uniform'],
      ...this.curves.flatMap(({ head, mean, low, high, alone }) =>
        (mean ?? alone).map((_, distance) => [
          head,
          distance,
          mean?.[distance] ?? '',
          low?.[distance] ?? '',
          high?.[distance] ?? '',
          alone?.[distance] ?? '',
          uniform?.[distance] ?? '',
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

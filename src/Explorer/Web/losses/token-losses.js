// vt-token-losses: which tokens became easier between two checkpoints?

import { css, divergingAt, inkOn } from '../figures/colours.js';
import { Figure } from '../figures/figure.js';
import { divergingKey } from '../figures/keys.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { placeAfter } from '../page/keyboard.js';
import { count, score, signed, sum } from '../page/numbers.js';
import { focusSpan, runningText } from '../tokens/running-text.js';
import { display } from '../tokens/vocabulary.js';
import { drawTokenLosses } from './token-losses-drawing.js';

const TOP = 4;

/**
 * `data`: {before, after: steps, passages: [{name, tokens, before, after: losses of all tokens but
 * the first}]}.
 */
class TokenLosses extends Figure {
  empty({ passages }) {
    return passages.length > 0 ? null : 'No passage was read at these checkpoints.';
  }

  build() {
    this.readout = h('p.readout', { 'aria-live': 'polite' });
    this.passages = h('div');
    const ends = [`−${TOP}`, h('i.diverging'), `+${TOP} nats easier`];
    return [
      h('div.controls.spread.loss-key', h('span.readout', ends), this.readout),
      this.passages,
    ];
  }

  prepare() {
    this.texts = this.data.passages.map(passage => ({ passage, ...runningText(passage.tokens) }));
    fill(
      this.passages,
      this.texts.map(text => this.#passage(text)),
    );
    this.#rest();
  }

  #passage({ passage, root, spans }) {
    const body = h(
      'div.passage',
      {
        role: 'group',
        'aria-label': `Passage ${passage.name}`,
        onpointerover: event => this.#say(passage, event.target),
        onfocusin: event => this.#say(passage, event.target),
        onpointerleave: () => this.#rest(),
        onkeydown: event => this.#walk(spans, event),
      },
      root,
    );
    return h('section', h('p.mini-head', this.#title(passage)), body);
  }

  #title({ name, before, after }) {
    const mean = values => sum(values) / values.length,
      { before: from, after: to } = this.record;
    return (
      `${/^\d+$/.test(name) ? `passage ${name}` : name}: mean loss ${score(mean(before))} at step ` +
      `${count(from)}, ${score(mean(after))} at step ${count(to)}`
    );
  }

  render() {
    for (const { passage, spans } of this.texts)
      spans.forEach((span, at) => {
        if (at === 0) return;
        const gain = (passage.before[at - 1] - passage.after[at - 1]) / TOP;
        const fill = divergingAt(gain);
        span.style.backgroundColor = css(fill);
        span.style.color = `var(--${inkOn(fill)})`;
      });
  }

  #say(passage, target) {
    const span = target.closest?.('[data-at]'),
      at = Number(span?.dataset.at);
    if (!span || at === 0) return this.#rest();
    const { before, after } = passage;
    this.readout.textContent =
      `${display(passage.tokens[at])}  ${score(before[at - 1])} → ${score(after[at - 1])} nats ` +
      `(${signed(before[at - 1] - after[at - 1])})`;
  }

  #rest() {
    const { before, after } = this.record;
    this.readout.textContent = `loss at step ${count(before)} minus loss at step ${count(after)}`;
  }

  #walk(spans, event) {
    const at = spans.indexOf(document.activeElement),
      to = at < 0 ? undefined : placeAfter(event, at, spans.length, 0);
    if (to !== undefined) focusSpan(spans, to);
  }

  svg() {
    const passages = this.record.passages.map(one => ({
      title: this.#title(one),
      tokens: one.tokens,
      gains: one.before.map((loss, i) => loss - one.after[i]),
    }));
    return drawTokenLosses(passages, TOP, 1008);
  }

  key() {
    return divergingKey('nats easier', -1, 1, [
      [-1, `−${TOP}`],
      [0, '0'],
      [1, `+${TOP}`],
    ]);
  }

  csv() {
    return [
      ['passage', 'position', 'id', 'token', 'before', 'after'],
      ...this.record.passages.flatMap(({ name, tokens, before, after }) =>
        before.map((loss, i) => [
          name,
          i + 1,
          tokens[i + 1],
          display(tokens[i + 1]),
          loss,
          after[i],
        ]),
      ),
    ];
  }
}

register('vt-token-losses', TokenLosses);

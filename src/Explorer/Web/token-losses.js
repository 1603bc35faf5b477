// vt-token-losses: which tokens became easier between two checkpoints?

import { register } from './components.js';
import { fill, h } from './dom.js';
import { Figure } from './figure.js';
import { count, score, signed } from './numbers.js';
import { runningText } from './running-text.js';
import { scheme } from './theme.js';
import { diverging } from './thumbnails.js';
import { drawTokenLosses } from './token-losses-drawing.js';
import { display } from './vocabulary.js';

const TOP = 4;

/**
 * `data`: {before, after: steps, passages: [{name, tokens, before, after: losses of all tokens but
 * the first}]}.
 */
export class TokenLosses extends Figure {
  empty({ passages }) {
    return passages.length > 0 ? null : 'No passage was read at these checkpoints.';
  }

  build() {
    const { passages } = this.record;
    this.texts = passages.map(passage => ({ passage, ...runningText(passage.tokens) }));
    this.readout = h('p', { class: 'readout', 'aria-live': 'polite' });
    fill(
      this,
      h(
        'div',
        { class: 'controls spread loss-key' },
        h('span', { class: 'readout' }, `−${TOP}`, h('i', { class: 'diverging' }), `+${TOP} nats easier`),
        this.readout,
      ),
      this.texts.map(({ passage, root, spans }) => {
        spans.forEach((span, at) => {
          span.tabIndex = at === 0 ? 0 : -1;
        });
        const body = h(
          'div',
          { class: 'passage', role: 'group', 'aria-label': `Passage ${passage.name}` },
          root,
        );
        body.addEventListener('pointerover', event => this.#say(passage, event.target));
        body.addEventListener('focusin', event => this.#say(passage, event.target));
        body.addEventListener('pointerleave', () => this.#rest());
        body.addEventListener('keydown', event => this.#walk(spans, event));
        return h('section', null, h('p', { class: 'mini-head' }, this.#title(passage)), body);
      }),
    );
    this.#rest();
  }

  #title({ name, before, after }) {
    const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length,
      { before: from, after: to } = this.record;
    return (
      `${/^\d+$/.test(name) ? `passage ${name}` : name}: mean loss ${score(mean(before))} at step ` +
      `${count(from)}, ${score(mean(after))} at step ${count(to)}`
    );
  }

  render() {
    const colours = diverging(scheme());
    for (const { passage, spans } of this.texts)
      spans.forEach((span, at) => {
        if (at === 0) return;
        const gain = passage.before[at - 1] - passage.after[at - 1],
          level = Math.round(127.5 * (1 + Math.max(-1, Math.min(1, gain / TOP))));
        span.style.backgroundColor = `rgb(${colours[level].join(' ')})`;
        span.classList.toggle('on-fill', Math.abs(gain) > 0.7 * TOP);
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
    this.readout.textContent = `loss at step ${count(before)} less loss at step ${count(after)}`;
  }

  #walk(spans, event) {
    const at = spans.indexOf(document.activeElement),
      stride = event.shiftKey ? 10 : 1;
    const to = {
      ArrowRight: at + stride,
      ArrowLeft: at - stride,
      Home: 0,
      End: spans.length - 1,
    }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = spans[Math.max(0, Math.min(spans.length - 1, to))];
    spans[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  svg() {
    const passages = this.record.passages.map(one => ({
      title: this.#title(one),
      tokens: one.tokens,
      gains: one.before.map((loss, i) => loss - one.after[i]),
    }));
    return drawTokenLosses(passages, TOP, 1008);
  }

  csv() {
    return [
      ['passage', 'position', 'id', 'token', 'before', 'after'],
      ...this.record.passages.flatMap(({ name, tokens, before, after }) =>
        before.map((loss, i) => [name, i + 1, tokens[i + 1], display(tokens[i + 1]), loss, after[i]]),
      ),
    ];
  }
}

register('vt-token-losses', TokenLosses);

// vt-token-losses: which tokens became easier between two checkpoints?

import { css, divergingAt, inkOn } from '../figures/colours.js';
import { Figure } from '../figures/figure.js';
import { divergingKey } from '../figures/keys.js';
import { register } from '../page/components.js';
import { fill, h, numberHead, table } from '../page/dom.js';
import { placeAfter } from '../page/keyboard.js';
import { count, score, signed, sum } from '../page/numbers.js';
import { focusSpan, runningText } from '../tokens/running-text.js';
import { drawShadedText } from '../tokens/shaded-text.js';
import { tokenLink } from '../tokens/tokens.js';
import { display, plainText } from '../tokens/vocabulary.js';

const TOP = 4;

/**
 * `data`: {before, after: steps, or names: of two models; passages: [{name, tokens, before, after:
 * losses of all tokens but the first}], largest?: [{passage, position, token, after, first,
 * second}], where the models differ most}.
 */
class TokenLosses extends Figure {
  empty({ passages }) {
    return passages.length > 0 ? null : 'No passage was read at these checkpoints.';
  }

  build() {
    this.readout = h('p.readout', { 'aria-live': 'polite' });
    this.passages = h('div');
    this.largest = h('div.wide');
    this.ends = h('span.readout');
    return [
      this.largest,
      h('div.controls.spread.loss-key', this.ends, this.readout),
      this.passages,
    ];
  }

  /** What is compared, in words that follow a loss. */
  get #sides() {
    const { before, after, names } = this.record;
    return names
      ? names.map(name => `in ${name}`)
      : [before, after].map(step => `at step ${count(step)}`);
  }

  #largest({ names, largest }) {
    if (!largest) return null;
    return table(
      [
        ...['after', 'token', numberHead('passage')],
        ...names.map(name => numberHead(name)),
        numberHead('difference'),
      ],
      largest.map(({ passage, token, after, first, second }) =>
        h(
          'tr',
          { 'data-token': token },
          h('td.after', after.length > 0 ? `…${plainText(after)}` : ''),
          h('td.token', tokenLink(token)),
          h('td.n.muted', passage),
          h('td.n', score(first)),
          h('td.n', score(second)),
          h('td.n', signed(second - first)),
        ),
      ),
      'table.disputed',
    );
  }

  prepare() {
    const { names } = this.data;
    fill(this.largest, this.#largest(this.data));
    fill(this.ends, [
      `−${TOP}`,
      h('i.diverging'),
      `+${TOP} nats easier${names ? ` for ${names[1]}` : ''}`,
    ]);
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
      [from, to] = this.#sides;
    return (
      `${/^\d+$/.test(name) ? `passage ${name}` : name}: mean loss ${score(mean(before))} ${from}, ` +
      `${score(mean(after))} ${to}`
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
    const [from, to] = this.#sides;
    this.readout.textContent = `loss ${from} less loss ${to}`;
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
      fills: [0, ...one.before.map((loss, i) => loss - one.after[i])].map(gain =>
        divergingAt(gain / TOP, 'light'),
      ),
    }));
    return drawShadedText(passages, 1008);
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

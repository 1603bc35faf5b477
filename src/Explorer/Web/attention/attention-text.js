// vt-attention-text: where does this token look; who looks at it?

import { drawLists, largestOf, rowOf } from './attention-lists.js';
import { passageOf, VIEW_KEYS, viewOf } from './attention-view.js';
import { register } from '../page/components.js';
import { fill, h, segments } from '../page/dom.js';
import { Figure } from '../figures/figure.js';
import { score } from '../page/numbers.js';
import { watchPassage } from './passage-input.js';
import { shaderOf } from '../figures/patterns.js';
import { runningText } from '../tokens/running-text.js';
import { adjust, selection } from '../page/store.js';

const NAMED = 8,
  APART = 29,
  LEAST_SHARE = 0.04;

/**
 * `data`: {passages: [{name, tokens, measures: {weight, …}, predictions?}], initial?}; see
 * attention-view.js and patterns.js.
 */
export class AttentionText extends Figure {
  #text;
  #passage;
  #levels;
  #named = [];

  get watched() {
    return [...VIEW_KEYS, 'overQuery', 'overKey', 'token'];
  }

  empty({ passages }) {
    return passages.length > 0 ? null : 'No passage was given; pass text or --ids to attend.';
  }

  build() {
    const directions = [
      ['query', 'attends to'],
      ['key', 'attended by'],
    ];
    this.direction = segments('Direction', directions, value => {
      const { q, k } = selection(),
        held = q ?? k,
        byKey = value === 'key';
      adjust({ by: byKey ? 'key' : null, q: byKey ? null : held, k: byKey ? held : null });
    });
    this.chooser = h('div.walk');
    this.body = h('div.passage', { role: 'group', 'aria-label': 'Passage' });
    this.lists = h('div.lists');
    this.spoken = h('p.spoken', { 'aria-live': 'polite' });
    watchPassage(this.body, () => ({ spans: this.#text.spans, passage: this.#passage }));
    return [
      h('div.controls.spread', this.direction, this.chooser),
      this.body,
      this.lists,
      this.spoken,
    ];
  }

  /** Shows the next passage or the one before. */
  walk(by) {
    const { passages } = this.data;
    if (passages.length < 2) return;
    const at = passages.indexOf(passageOf(this.data));
    const next = passages[(at + by + passages.length) % passages.length];
    adjust({ passage: next.name, q: null, k: null });
  }

  #choosePassage(passage) {
    this.#passage = passage;
    this.#text = runningText(passage.tokens);
    this.#levels = new Int16Array(passage.tokens.length).fill(-1);
    this.#named = [];
    fill(this.body, this.#text.root);
    this.body.classList.toggle('long', passage.tokens.length > 200);
    const { passages } = this.data,
      at = passages.indexOf(passage) + 1;
    const step = (by, label, sign) =>
      h('button', { 'aria-label': label, onclick: () => this.walk(by) }, sign);
    fill(
      this.chooser,
      'passage ',
      h('b', passage.name),
      passages.length > 1 && [
        passage.name === String(at) ? ` of ${passages.length}` : `, ${at} of ${passages.length}`,
        step(-1, 'Previous passage', '‹'),
        step(1, 'Next passage', '›'),
      ],
    );
  }

  render() {
    const view = viewOf(this.data);
    if (view.passage !== this.#passage) this.#choosePassage(view.passage);
    this.direction.select(view.byKey ? 'key' : 'query');
    this.#shade(view);
    this.spoken.textContent = drawLists(this.lists, view);
    this.#reveal(view.byKey ? view.key : view.query);
  }

  /** Scrolls a long passage to the shown token, unless the reader points into it. */
  #reveal(centre) {
    const { body } = this;
    if (centre === this.revealed || !body.classList.contains('long') || body.matches(':hover'))
      return;
    this.revealed = centre;
    const span = this.#text.spans[centre],
      above = span.offsetTop - body.offsetTop;
    if (above < body.scrollTop || above > body.scrollTop + body.clientHeight - 40)
      body.scrollTop = above - body.clientHeight / 2;
  }

  #shade(view) {
    const { count, query, key, byKey, top, linear } = view,
      value = rowOf(view),
      shader = shaderOf(top, linear),
      { spans } = this.#text,
      centre = byKey ? key : query,
      other = byKey ? query : key,
      { token } = selection();
    for (let at = 0; at < count; at++) {
      const one = value(at),
        masked = Number.isNaN(one),
        level = at === centre ? -2 : masked ? -3 : shader.level(one);
      const span = spans[at];
      if (level !== this.#levels[at] || shader !== this.shader) {
        this.#levels[at] = level;
        span.style.backgroundColor = level >= 0 ? shader.css[level] : '';
        span.style.color = level >= 0 ? shader.ink(level) : '';
        span.classList.toggle('centre', level === -2);
        span.classList.toggle('future', level === -3);
      }
      span.classList.toggle('outlined', at === other);
      span.classList.toggle('same', token !== null && view.tokens[at] === token && at !== other);
    }
    this.shader = shader;
    this.pinned?.classList.remove('pinned');
    this.pinned = centre === (byKey ? view.lockedKey : view.lockedQuery) ? spans[centre] : null;
    this.pinned?.classList.add('pinned');
    for (const old of this.#named) old.removeAttribute('data-value');
    const least = view.measure === 'weight' ? LEAST_SHARE : 0.08 * top;
    const taken = [];
    this.#named = largestOf(view, NAMED)
      .filter(at => value(at) >= least && at !== centre)
      .map(at => spans[at])
      .filter(span => {
        const { offsetLeft: left, offsetTop: top } = span;
        if (taken.some(one => one.top === top && Math.abs(one.left - left) < APART)) return false;
        return taken.push({ left, top });
      });
    for (const span of this.#named)
      span.setAttribute('data-value', score(value(Number(span.dataset.at))));
  }
}

register('vt-attention-text', AttentionText);

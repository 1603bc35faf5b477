// vt-continuation: how likely was each generated token, and what else might have come?

import { bar, barScale } from '../figures/bars.js';
import { css, inkOn, sequentialAt } from '../figures/colours.js';
import { Figure } from '../figures/figure.js';
import { rampKey } from '../figures/keys.js';
import { register } from '../page/components.js';
import { fill, h, table } from '../page/dom.js';
import { placeAfter } from '../page/keyboard.js';
import { probability } from '../page/numbers.js';
import { dataAt, watchMarks } from '../page/pointing.js';
import { declare, lock, selection } from '../page/store.js';
import { ramp } from '../page/theme.js';
import { focusSpan, runningText } from '../tokens/running-text.js';
import { drawShadedText } from '../tokens/shaded-text.js';
import { tokenLink } from '../tokens/tokens.js';
import { display } from '../tokens/vocabulary.js';

declare({
  generated: { read: text => (/^\d+\.\d+$/.test(text) ? text : undefined), lock: true },
});

const scale = barScale([1]);

/** The colour of a probability as [r, g, b]. */
function shade(value, mode) {
  return ramp(mode)[Math.round(255 * value)];
}

/**
 * `data`: {texts: [{name, prompt: [id], tokens: [{id, probability, top: [{id, probability}]}]}],
 * initial: the generated token that is shown first}. A generated token is `text.place`, both
 * from 0.
 */
class Continuation extends Figure {
  #over = null;

  get watched() {
    return ['generated'];
  }

  empty({ texts }) {
    return texts.length > 0 ? null : 'Nothing was generated.';
  }

  build() {
    this.texts = h('div');
    this.lists = h('div.lists.candidates');
    this.spoken = h('p.spoken', { 'aria-live': 'polite' });
    watchMarks(this.texts, {
      at: target => this.#placeOf(target),
      shown: () => this.#over,
      preview: place => this.#point(place),
      choose: place => lock({ generated: place === selection().generated ? null : place }),
    });
    this.texts.addEventListener('focusout', ({ relatedTarget }) => {
      if (!this.lists.contains(relatedTarget)) this.#point(null);
    });
    this.texts.addEventListener('keydown', event => this.#walk(event));
    const ends = ['probability 0', h('i.ramp'), '1'];
    return [
      h('div.controls.probability-key', h('span.readout', ends)),
      this.texts,
      this.lists,
      this.spoken,
    ];
  }

  prepare() {
    this.#over = null;
    this.shown = this.data.texts.map(text => ({
      ...text,
      ...runningText([...text.prompt, ...text.tokens.map(token => token.id)]),
    }));
    fill(
      this.texts,
      this.shown.map((text, at) => this.#passage(text, at)),
    );
  }

  #passage({ name, prompt, root, spans }, text) {
    spans[0].tabIndex = -1;
    spans[prompt.length].tabIndex = 0;
    return h(
      'section',
      { 'data-text': text },
      name && h('p.mini-head', name),
      h('div.passage', { role: 'group', 'aria-label': `Text ${name ?? ''}`.trim() }, root),
    );
  }

  /** The generated token that an element shows, as `text.place`; null for none. */
  #placeOf(target) {
    const text = dataAt(target, 'text', Number),
      at = dataAt(target, 'at', Number);
    if (text === null || at === null) return null;
    const place = at - this.shown[text].prompt.length;
    return place < 0 ? null : `${text}.${place}`;
  }

  /** `[text, place]` of what is shown: hovered, locked, or what the page opens with. */
  #current() {
    const [text, place] = (this.#over ?? selection().generated ?? '').split('.').map(Number);
    return this.shown[text]?.tokens[place] ? [text, place] : [0, this.data.initial];
  }

  #point(place) {
    if (place === this.#over) return;
    this.#over = place;
    this.draw();
  }

  render() {
    for (const { spans, prompt, tokens } of this.shown)
      tokens.forEach(({ probability: value }, i) => {
        const span = spans[prompt.length + i],
          colour = shade(value);
        span.style.setProperty('--shade', css(colour));
        span.style.setProperty('--on-shade', `var(--${inkOn(colour)})`);
      });
    this.#mark();
  }

  /** Marks the token that is shown and lists its candidates, beside those of the other text. */
  #mark() {
    const [text, place] = this.#current();
    for (const old of this.texts.querySelectorAll('.outlined, .pinned'))
      old.classList.remove('outlined', 'pinned');
    const span = this.shown[text].spans[this.shown[text].prompt.length + place];
    span.classList.add('outlined');
    span.classList.toggle('pinned', selection().generated === `${text}.${place}`);
    fill(
      this.lists,
      this.shown.map(one => this.#candidates(one, place)),
    );
    const { top } = this.shown[text].tokens[place];
    this.spoken.textContent =
      `Token ${place + 1}, ${span.getAttribute('aria-label')}; likeliest: ` +
      top.map(one => `${display(one.id)} ${probability(one.probability)}`).join(', ');
  }

  #candidates({ name, tokens }, place) {
    const { id, probability: own, top } = tokens[place],
      listed = top.some(one => one.id === id) ? top : [...top, { id, probability: own }];
    return h(
      'div.bigrams',
      h(
        'div.list-head',
        `Token ${place + 1} of ${tokens.length}${name ? ` ${name}` : ''}: `,
        tokenLink(id),
      ),
      table(
        null,
        listed.map(one =>
          h(
            'tr',
            { class: one.id === id ? 'chosen' : null },
            h('td.token', tokenLink(one.id)),
            h('td.bar', bar(scale, one.probability, null)),
            h('td.n', probability(one.probability)),
          ),
        ),
      ),
    );
  }

  #walk(event) {
    const text = dataAt(event.target, 'text', Number),
      held = this.#placeOf(event.target);
    if (held === null) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      lock({ generated: held === selection().generated ? null : held });
      return;
    }
    const { spans, prompt, tokens } = this.shown[text],
      to = placeAfter(event, Number(held.split('.')[1]), tokens.length, 0);
    if (to !== undefined) focusSpan(spans, prompt.length + to);
  }

  svg() {
    return drawShadedText(
      this.data.texts.map(({ name, prompt, tokens }) => ({
        title: name ?? '',
        tokens: [...prompt, ...tokens.map(token => token.id)],
        fills: [...prompt.map(() => null), ...tokens.map(one => shade(one.probability, 'light'))],
      })),
      1008,
    );
  }

  key() {
    return rampKey('probability', share => sequentialAt(share, 'light'), [
      [0, '0'],
      [1, '1'],
    ]);
  }

  csv() {
    return [
      ['text', 'place', 'id', 'token', 'probability', 'chosen'],
      ...this.data.texts.flatMap(({ name, tokens }) =>
        tokens.flatMap(({ id, probability: own, top }, place) =>
          [{ id, probability: own }, ...top.filter(one => one.id !== id)].map((one, i) => [
            name ?? 'continuation',
            place,
            one.id,
            display(one.id),
            one.probability,
            i === 0,
          ]),
        ),
      ),
    ];
  }
}

register('vt-continuation', Continuation);

// What figures share: data that may be replaced, arrays, width, selection, and the states in place
// of one.

import { fill, h, wrong } from '../page/dom.js';
import { selection, subscribe } from '../page/store.js';
import { notWhenIdle, perFrame, whenIdle } from '../page/timing.js';

/**
 * A component that draws data and can be given others at any time: `update(data)`. Derived classes
 * give `build()`, which makes the parts and their listeners once, before any data, and returns
 * them; `render(width)`, which draws `this.data` into the parts: after new data, a change of theme,
 * of its width or that of its part `stage`, or of a key of `watched`; and may give `prepare()`
 * (what drawing needs of new data and of nothing else), `point()` (hover changed), `walk(by)` (to
 * the next or the one before), `empty(data)` (what is absent, in words or as an element, or null),
 * `csv()` and `svg()`.
 * Data may hold `timeline: [{step, …}]`: fields that replace its own at a checkpoint.
 */
export class Figure extends HTMLElement {
  #record;
  #shown;
  #parts;
  #stop;
  #ready = false;
  #seen = true;
  #pressed = false;
  #late = false;
  #widths = new WeakMap();

  // A drawing changes heights, never a width; redrawn only for a new width, marks stay where a
  // click began.
  #size = new ResizeObserver(entries => {
    for (const { target } of entries) {
      const known = this.#widths.get(target);
      this.#widths.set(target, target.clientWidth);
      if (known !== undefined && known !== target.clientWidth) this.draw();
    }
  });

  constructor() {
    super();
    this.addEventListener('pointerdown', this.#press);
  }

  // What a click began on must still be there when it ends.
  #press = ({ target }) => {
    if (!target.closest('tr, a, button, [data-head], [data-token]')) return;
    this.#pressed = true;
    const released = new AbortController();
    for (const type of ['pointerup', 'pointercancel'])
      addEventListener(type, () => this.#release(released), { signal: released.signal });
  };

  #release(released) {
    released.abort();
    this.#pressed = false;
    if (this.#late) this.draw();
  }

  /** Gives the large array of a name that the data hold. */
  arrays = name => {
    throw new Error(`These data have no array ${name}.`);
  };

  /** Keys of the selection after whose change the figure is drawn again. */
  get watched() {
    return [];
  }

  /** The data as they were given, with all checkpoints. */
  get record() {
    return this.#record;
  }

  /** The data as they stand at the shared checkpoint. */
  get data() {
    return this.#shown;
  }

  /** Draws other data in place of those that are shown; the same change nothing. */
  update(data, arrays = this.arrays) {
    if (data === this.#record && arrays === this.arrays) return;
    this.#record = data;
    this.arrays = arrays;
    this.#take();
  }

  /** Takes what is to be shown now: new data, or a checkpoint of them. */
  #take() {
    const { error } = this.#record,
      absent = error ? wrong(error) : this.empty(this.#record);
    this.#ready = !absent;
    if (absent) {
      fill(this, absent instanceof Element ? absent : h('p.empty', absent));
      return;
    }
    this.#shown = atStep(this.#record, selection().step);
    if (!this.#parts) {
      this.#parts = [this.build()].flat().filter(Boolean);
      if (this.stage) this.#size.observe(this.stage);
    }
    const first = this.firstChild !== this.#parts[0];
    if (first) this.replaceChildren(...this.#parts);
    this.prepare();
    if (first) this.draw();
    else this.#follow();
  }

  connectedCallback() {
    this.#size.observe(this);
    if (this.stage) this.#size.observe(this.stage);
    const sight = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        this.#seen = isIntersecting;
        if (this.#seen && notWhenIdle(this.draw)) this.draw();
      },
      { rootMargin: '300px' },
    );
    sight.observe(this);
    const off = subscribe((_, changed) => this.#changed(changed));
    document.addEventListener('vt-walk', this.#walk);
    this.#stop = () => {
      document.removeEventListener('vt-walk', this.#walk);
      this.#size.disconnect();
      sight.disconnect();
      notWhenIdle(this.draw);
      off();
    };
    this.draw();
  }

  disconnectedCallback() {
    this.#stop();
  }

  #walk = event => {
    if (this.#ready && this.checkVisibility()) this.walk(event.detail);
  };

  #changed(changed) {
    if (!this.#record) return;
    if (changed.has('step') && this.#record.timeline) this.#take();
    else if (this.watched.some(key => changed.has(key))) this.#follow();
    if (this.#ready && (changed.has('headPreview') || changed.has('preview'))) this.point();
  }

  #follow() {
    if (this.#seen) this.draw();
    else whenIdle(this.draw);
  }

  draw = perFrame(() => {
    if (!this.#ready || this.clientWidth === 0) return;
    this.#late = this.#pressed;
    if (this.#late) return;
    try {
      this.render(this.clientWidth);
      this.point();
    } catch (error) {
      this.#ready = false;
      fill(this, wrong(error.message));
      reportError(error);
    }
  });

  /** Says that a mark was chosen, to whoever listens. */
  say(detail) {
    this.dispatchEvent(new CustomEvent('select', { bubbles: true, detail }));
  }

  empty() {
    return null;
  }

  prepare() {}

  render() {}

  point() {}

  walk() {}
}

/** `record` with the fields of the last entry of its timeline at or before `step`. */
export function atStep(record, step) {
  const { timeline } = record ?? {};
  if (!timeline || step === null || step === undefined) return record;
  let found = timeline[0];
  for (const one of timeline) if (one.step <= step) found = one;
  return { ...record, ...found };
}

/** The words that stand beside a figure which shows an earlier checkpoint; null at the last. */
export function stepNote(record) {
  const { step, timeline } = record;
  return !timeline || step === timeline.at(-1).step ? null : `at step ${step}`;
}

/** Says `words` in the line below a figure, which goes where there are none. */
export function note(line, ...words) {
  fill(line, ...words);
  line.hidden = line.textContent === '';
}

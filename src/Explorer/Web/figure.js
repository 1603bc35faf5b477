// What figures share: data, arrays, width, selection, and the states in place of one.

import { fill, h, perFrame, wrong } from './dom.js';
import { selection, subscribe } from './store.js';

/** Figures out of sight that have yet to follow the selection: one at a time, when nothing waits. */
const behind = new Set();

function catchUp() {
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  idle(
    () => {
      const [first] = behind;
      behind.delete(first);
      first?.draw();
      if (behind.size > 0) catchUp();
    },
    { timeout: 50 },
  );
}

/**
 * A component with the property `data`. Derived classes give `build()` (once per record),
 * `render(width)` (again after a change of width, theme or a key of `watched`), and may give
 * `point()` (hover changed), `empty(data)` (what is absent, in words or as an element, or null),
 * `csv()` and `svg()`.
 * A record may hold `timeline: [{step, …}]`: fields that replace its own at a checkpoint.
 */
export class Figure extends HTMLElement {
  #record;
  #shown;
  #stop;
  #built = false;
  #seen = true;

  /** Gives the large array of a name that the record holds; set before `data`. */
  arrays = name => {
    throw new Error(`There is no array ${name} beside this record.`);
  };

  /** Keys of the selection after whose change the figure is drawn again. */
  get watched() {
    return [];
  }

  get record() {
    return this.#record;
  }

  /** The record as it stands at the shared checkpoint. */
  get data() {
    return this.#shown;
  }

  set data(value) {
    this.#record = value;
    this.#shown = atStep(value, selection().step);
    this.#built = false;
    if (this.isConnected) this.#begin();
  }

  connectedCallback() {
    if (this.#record) this.#begin();
  }

  disconnectedCallback() {
    this.#stop?.();
  }

  #begin() {
    this.#stop?.();
    const absent = this.#record.error ?? this.empty(this.#record);
    if (absent) {
      const stated = this.#record.error ? wrong(absent) : h('p', { class: 'empty' }, absent);
      fill(this, absent instanceof Element ? absent : stated);
      return;
    }
    if (!this.#built) {
      fill(this);
      this.build();
    }
    this.#built = true;
    // A drawing changes the height, never the width; redrawn only for a new width, marks stay where
    // a click began.
    let width = this.clientWidth;
    const observer = new ResizeObserver(() => {
      if (width !== (width = this.clientWidth)) this.draw();
    });
    observer.observe(this);
    const sight = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        this.#seen = isIntersecting;
        if (this.#seen && behind.delete(this)) this.draw();
      },
      { rootMargin: '300px' },
    );
    sight.observe(this);
    const off = subscribe((_, changed) => this.#changed(changed));
    this.#stop = () => {
      observer.disconnect();
      sight.disconnect();
      behind.delete(this);
      off();
    };
    this.draw();
  }

  #changed(changed) {
    const moved = changed.has('step') && this.#record.timeline;
    if (moved) this.#shown = atStep(this.#record, selection().step);
    if (moved || this.watched.some(key => changed.has(key))) this.#follow();
    if (changed.has('headPreview') || changed.has('preview')) this.point();
  }

  #follow() {
    if (this.#seen) this.draw();
    else if (behind.add(this).size === 1) catchUp();
  }

  draw = perFrame(() => {
    if (!this.#built || this.clientWidth === 0) return;
    try {
      this.render(this.clientWidth);
      this.point();
    } catch (error) {
      this.#built = false;
      fill(this, wrong(error.message));
      throw error;
    }
  });

  /** Says that a mark was chosen, to whoever listens. */
  say(detail) {
    this.dispatchEvent(new CustomEvent('select', { bubbles: true, detail }));
  }

  empty() {
    return null;
  }

  build() {}

  render() {}

  point() {}
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

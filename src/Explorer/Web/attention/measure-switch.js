// The switch of the measures: a thumbnail each, in the empty triangle of the map where they fit.

import { mapOf, MEASURES } from './attention-view.js';
import { fill, h } from '../page/dom.js';
import { paintThumbnail, shaderOf, smallCanvas } from '../figures/patterns.js';
import { adjust } from '../page/store.js';

const THUMBNAIL = 64,
  SMALL = 52,
  GAP = 8;

/** The element of the switch; `place(view, box, stage, mode)` draws it and puts it where it fits. */
export class MeasureSwitch {
  element = h('div.measures', { role: 'radiogroup', 'aria-label': 'Measure' });

  /** Draws the thumbnails; returns how far down the triangle they reach. */
  place(view, box, stage, mode) {
    const { passage, head, measure } = view,
      names = Object.keys(MEASURES).filter(
        name => passage.measures[name] || passage.unavailable?.[name],
      );
    this.element.hidden = names.length < 2;
    if (this.element.hidden) return 0;
    const { left, top, side } = box,
      roomFor = shown => side - names.length * (shown + GAP) + GAP,
      shown = roomFor(THUMBNAIL) > THUMBNAIL + 26 ? THUMBNAIL : SMALL,
      room = roomFor(shown),
      fits = room > shown + 26;
    this.shown = fits ? shown : THUMBNAIL;
    this.element.style.setProperty('--shown', `${this.shown}px`);
    this.element.classList.toggle('inside', fits);
    stage.parentNode.classList.toggle('switch-above', !fits);
    if (fits !== (this.element.parentNode === stage))
      if (fits) stage.append(this.element);
      else stage.before(this.element);
    this.element.style.left = fits ? `${left + room}px` : '';
    this.element.style.top = fits ? `${top + 2}px` : '';
    const key = `${passage.name} ${head} ${mode} ${view.linear} ${this.shown}`;
    if (this.switchKey !== key || this.switchPassage !== passage) {
      this.switchKey = key;
      this.switchPassage = passage;
      fill(
        this.element,
        names.map(name => this.#switch(name, passage, head, view, mode)),
      );
    }
    for (const button of this.element.children) {
      const on = button.dataset.measure === measure;
      button.setAttribute('aria-checked', on);
      button.tabIndex = on ? 0 : -1;
    }
    return fits ? shown + 24 : 0;
  }

  #switch(name, passage, head, view, mode) {
    const reason = passage.unavailable?.[name];
    const picture = () => {
      const { values, top } = mapOf(passage, name, head);
      return smallCanvas(this.shown, (canvas, shown) =>
        paintThumbnail(canvas, values, view.count, shown, shaderOf(top.top, view.linear, mode)),
      );
    };
    return h(
      'button',
      {
        role: 'radio',
        'data-measure': name,
        disabled: Boolean(reason),
        title: reason,
        onclick: () => adjust({ measure: name === 'weight' ? null : name }),
      },
      reason ? h('span.none', '–') : picture(),
      h('span.label', MEASURES[name].label),
    );
  }
}

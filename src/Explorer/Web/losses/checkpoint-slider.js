// A chart over training that is the slider of the shared checkpoint: drag, arrows, Home and End.

import { h } from '../page/dom.js';
import { placeAfter } from '../page/keyboard.js';
import { nearestIndex } from '../page/numbers.js';
import { adjust } from '../page/store.js';

/**
 * The element of the chart. `checkpoints()` are the steps, `shown()` is the one that is chosen,
 * `stepAt(x, width)` gives the step under the pointer, `pointed(step or null)` hears of hover.
 * `said(words)` tells screen readers where the slider is.
 */
export function checkpointSlider({ checkpoints, shown, stepAt, pointed }) {
  const plot = h('div.plot', {
    tabindex: 0,
    role: 'slider',
    'aria-label': 'Checkpoint',
    'aria-valuemin': 1,
  });
  let dragging = false;
  const under = event => {
    const box = plot.getBoundingClientRect();
    return stepAt(event.clientX - box.left, box.width);
  };
  const move = event => adjust({ step: nearest(checkpoints(), under(event)) });
  plot.addEventListener('pointerdown', event => {
    if (event.target.closest('[data-head]')) return;
    dragging = true;
    plot.setPointerCapture(event.pointerId);
    move(event);
  });
  plot.addEventListener('pointermove', event => {
    if (dragging) move(event);
    else if (event.pointerType !== 'touch') pointed(under(event));
  });
  for (const end of ['pointerup', 'pointercancel'])
    plot.addEventListener(end, () => {
      dragging = false;
    });
  plot.addEventListener('pointerleave', () => pointed(null));
  plot.addEventListener('keydown', event => {
    const steps = checkpoints(),
      to = placeAfter(event, steps.indexOf(shown()), steps.length, -1);
    if (to !== undefined) adjust({ step: steps[to] });
  });
  plot.said = words => {
    plot.setAttribute('aria-valuemax', checkpoints().length);
    plot.setAttribute('aria-valuenow', checkpoints().indexOf(shown()) + 1);
    plot.setAttribute('aria-valuetext', words);
  };
  return plot;
}

/** The value of an ascending list that is nearest to `wanted`. */
export function nearest(values, wanted) {
  return values[nearestIndex(values, wanted)];
}

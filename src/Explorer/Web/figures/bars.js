// Bars of a table column: one linear scale, zero on it, sign by side and colour.

import { h } from '../page/dom.js';

/** Places values on one linear scale that holds zero: 0…1 along the track. */
export function barScale(values) {
  const low = Math.min(0, ...values),
    high = Math.max(0, ...values),
    width = high - low || 1;
  return value => (value - low) / width;
}

/** A bar for the model's value, with a tick for the corpus' unless it is null or off the scale. */
export function bar(scale, model, corpus) {
  const part = share => `${(100 * share).toFixed(2)}%`;
  const from = Math.min(scale(0), scale(model)),
    length = Math.abs(scale(model) - scale(0));
  return h(
    'div.track',
    h('i', { class: model < 0 && 'lowers', style: { left: part(from), width: part(length) } }),
    corpus !== null && scale(corpus) <= 1 && h('b', { style: { left: part(scale(corpus)) } }),
  );
}

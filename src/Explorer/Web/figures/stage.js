// The pointer and the keys on a drawing: hover previews a mark, a click chooses it, arrows move.

import { h } from '../page/dom.js';
import { perFrame } from '../page/timing.js';

/**
 * A drawing that is one tab stop. `calls`: {at(x, y) → mark or null, shown() → the mark that is
 * pointed at, point(mark or null), choose?(mark), key(event)}; marks are compared by `same`. A tap
 * previews first and chooses second.
 */
export function stage(kind, { at, shown, point, choose, key, same = (a, b) => a === b }) {
  const element = h('div', { class: kind, tabindex: 0, role: 'img' });
  let touch = false;
  const under = event => {
    const box = element.getBoundingClientRect();
    return at(event.clientX - box.left, event.clientY - box.top);
  };
  const show = mark => {
    if (!same(mark, shown())) point(mark);
  };
  const follow = perFrame(show);
  element.addEventListener('pointerdown', event => {
    touch = event.pointerType === 'touch';
  });
  element.addEventListener('pointermove', event => {
    if (event.pointerType !== 'touch') follow(under(event));
  });
  element.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'touch') follow(null);
  });
  element.addEventListener('click', event => {
    const mark = under(event);
    if (mark === null) return;
    if (touch && !same(mark, shown())) point(mark);
    else choose?.(mark);
  });
  element.addEventListener('keydown', key);
  element.addEventListener('blur', () => show(null));
  return element;
}

/** The nearest of `points`, [[x, y]] on the drawing, within reach of (x, y): its index, or null. */
export function nearestPoint(points, x, y, reach = 20) {
  let best = null,
    least = reach ** 2;
  points.forEach(([left, top], i) => {
    const away = (left - x) ** 2 + (top - y) ** 2;
    if (away < least) [best, least] = [i, away];
  });
  return best;
}

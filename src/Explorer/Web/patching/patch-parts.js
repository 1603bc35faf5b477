// What the maps of patches share: the key of their colours, and exact values or the gradient's.

import { divergingKey } from '../figures/keys.js';
import { h, segments } from '../page/dom.js';
import { adjust, declare, oneOf } from '../page/store.js';

declare({ method: { read: oneOf(['exact', 'gradient']), initial: () => 'exact' } });

/** The key of the colours, from −0.5 to 1: what 0 and 1 mean. */
export function patchKey(nothing, all) {
  return h(
    'div.patch-key',
    { 'aria-hidden': 'true' },
    h('div.diverging'),
    h('span', '−0.5'),
    h('span', `0 ${nothing}`),
    h('span', `1 ${all}`),
  );
}

/** The same as a drawing. */
export function drawnPatchKey(nothing, all) {
  return divergingKey('share of the difference', -0.5, 1, [
    [-0.5, '−0.5'],
    [0, `0 ${nothing}`],
    [1, `1 ${all}`],
  ]);
}

/** The switch between exact values and the gradient's. */
export function methodSwitch() {
  return segments('Method', ['exact', 'gradient'], method => adjust({ method }));
}

/** Outlines the pointed and the locked cell; `boxOf(cell)` is {x, y, width, height} or null. */
export function outlineCells(paper, { pointed, locked }, boxOf) {
  for (const [name, cell] of Object.entries({ pointed, locked })) {
    const box = cell && boxOf(cell);
    if (box)
      paper.rect(box.x, box.y, box.width, box.height, {
        class: name,
        fill: 'none',
        stroke: 'ink',
        'stroke-width': name === 'locked' ? 2 : 1.5,
      });
  }
}

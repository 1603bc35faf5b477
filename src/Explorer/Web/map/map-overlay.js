// What stands on a map: axes, names, rings, the lasso. SVG with real text, so that it can be
// exported.

import { MONO, SANS, sheet } from '../figures/sheet.js';
import { count, tickLabel, ticks } from '../page/numbers.js';
import { display } from '../tokens/vocabulary.js';

const CELL = 6.65,
  NAMES = 60,
  RINGS = 300;

function shortName(id) {
  const name = [...display(id)];
  return (name.length > 18 ? [...name.slice(0, 12), '…', ...name.slice(-5)] : name).join('');
}

function cells(name) {
  return [...name].reduce((sum, c) => sum + (c.codePointAt(0) > 0x2e7f ? 2 : 1), 0);
}

/**
 * Draws onto `host` (a div above the canvas), or returns a whole `<svg>` with `picture` below
 * when host is null.
 */
export function drawOverlay(host, view, how) {
  const { width, height, screenX, screenY } = view,
    paper = sheet(width, height, how.mode);
  for (const [name, value] of [
    ['font-family', MONO],
    ['font-size', 11],
    ['aria-hidden', true],
  ])
    paper.element.setAttribute(name, value);
  if (how.picture) paper.add('image', { href: how.picture, width, height });
  if (how.axes) axes(paper, view, how.axes);
  if (how.lasso?.length > 2)
    paper.path(`M${how.lasso.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}Z`, {
      fill: 'ink',
      'fill-opacity': 0.05,
      stroke: 'ink',
      'stroke-width': 1.2,
      'stroke-dasharray': '4 3',
    });
  const dot = (i, r, fill, stroke) =>
    paper.dot(screenX[i], screenY[i], r, { fill, stroke, 'stroke-width': 1.5 });
  if (how.hits !== null && how.hits.size <= RINGS)
    for (const id of how.hits)
      if (view.indexOf.has(id)) dot(view.indexOf.get(id), 5, 'none', 'ink');
  for (const i of how.around) dot(i, 4.5, 'none', 'ink2');
  const tags = [how.locked, how.pointed]
    .filter((i, k, all) => i >= 0 && all.indexOf(i) === k)
    .map(i => tagBox(view, i));
  if (how.labels) {
    const order =
      how.hits === null ? view.byCount : view.byCount.filter(i => how.hits.has(view.ids[i]));
    const fitting = view.labels(
      order.filter(i => !how.dimmed(i)),
      Math.min(NAMES, Math.round((width * height) / 5500)),
      i => 4 + CELL * cells(shortName(view.ids[i])),
      tags.map(tag => tag.box),
    );
    for (const i of fitting)
      paper.text(screenX[i] + 6, screenY[i] + 4, shortName(view.ids[i]), {
        fill: 'ink',
        stroke: 'bg',
        'stroke-width': 3,
        'paint-order': 'stroke',
        'stroke-linejoin': 'round',
      });
  }
  for (const { i, name, box } of tags) {
    const [left, top, right, bottom] = box,
      locked = i === how.locked,
      fill = locked ? 'ink' : 'bg',
      stroke = 'ink';
    dot(i, locked ? 4.5 : 4, fill, stroke);
    const frame = { rx: 3, fill, stroke, 'stroke-width': 1.5 };
    paper.rect(left, top, right - left, bottom - top, frame);
    paper.text(left + 6, bottom - 6, name, { 'font-size': 12, fill: locked ? 'bg' : 'ink' });
  }
  host?.replaceChildren(paper.element);
  return paper.element;
}

function tagBox(view, i) {
  const name = shortName(view.ids[i]),
    wide = 12 + 7.25 * cells(name);
  const x = view.screenX[i],
    y = view.screenY[i];
  const left = x + 9 + wide > view.width ? x - 9 - wide : x + 9;
  const top = Math.max(2, Math.min(view.height - 22, y - 10));
  return { i, name, box: [left, top, left + wide, top + 20] };
}

function axes(paper, view, variance) {
  const { width, height, unit, originX, originY } = view,
    rule = { stroke: 'rule2', 'stroke-width': 1 },
    ink3 = { fill: 'ink3' },
    text = (x, y, value, look) =>
      paper.text(x, y, value, { 'font-family': SANS, 'font-size': 11, ...look });
  const across = ticks(-originX / unit, (width - originX) / unit, 7),
    up = ticks((originY - height) / unit, originY / unit, 5),
    share = i => `PC ${i + 1}, ${(100 * variance[i]).toFixed(1)}% of variance`;
  if (originX > 0 && originX < width) paper.line(originX, 0, originX, height, rule);
  if (originY > 0 && originY < height) paper.line(0, originY, width, originY, rule);
  for (const value of across) {
    const x = originX + value * unit,
      label = tickLabel(value, across[1] - across[0]);
    if (x <= 30 || x >= width - 140) continue;
    paper.line(x, height, x, height - 4, rule);
    text(x, height - 7, label, { 'text-anchor': 'middle', ...ink3 });
  }
  for (const value of up) {
    const y = originY - value * unit;
    if (y <= 24 || y >= height - 24) continue;
    paper.line(0, y, 4, y, rule);
    text(7, y + 4, tickLabel(value, up[1] - up[0]), ink3);
  }
  text(width - 6, height - 7, share(0), { 'text-anchor': 'end' });
  text(7, 14, share(1));
}

/**
 * The key of the frequency colours: positions 0…1 and labels of whole powers of ten up to
 * `most`.
 */
export function frequencyTicks(most) {
  const found = [];
  for (let value = 1; value <= most; value *= 10)
    found.push([Math.log(1 + value) / Math.log(1 + most), count(value)]);
  return found;
}

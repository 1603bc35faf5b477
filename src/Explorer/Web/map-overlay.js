// What stands on a map: axes, names, rings, the lasso. SVG with real text, so that it can be
// exported.

import { s } from './dom.js';
import { hex } from './theme.js';
import { count, tickLabel, ticks } from './numbers.js';
import { display } from './vocabulary.js';

const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
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
  const { width, height } = view;
  const paint = (name, value) =>
    how.mode ? hex(value ?? name, how.mode) : `var(--${value ?? name})`;
  const root = s('svg', {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': MONO,
    'font-size': 11,
    'aria-hidden': 'true',
  });
  if (how.picture) root.append(s('image', { href: how.picture, width, height }));
  if (how.axes) root.append(...axes(view, how.axes, paint));
  if (how.lasso?.length > 2) {
    root.append(
      s('path', {
        d: `M${how.lasso.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}Z`,
        fill: paint('ink'),
        'fill-opacity': 0.05,
        stroke: paint('ink'),
        'stroke-width': 1.2,
        'stroke-dasharray': '4 3',
      }),
    );
  }
  const ring = (i, radius, stroke) =>
    s('circle', {
      cx: view.screenX[i],
      cy: view.screenY[i],
      r: radius,
      fill: 'none',
      stroke,
      'stroke-width': 1.5,
    });
  if (how.hits !== null && how.hits.size <= RINGS) {
    for (const id of how.hits)
      if (view.indexOf.has(id)) root.append(ring(view.indexOf.get(id), 5, paint('ink')));
  }
  for (const i of how.around) root.append(ring(i, 4.5, paint('ink2')));
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
    for (const i of fitting) {
      root.append(
        s(
          'text',
          {
            x: view.screenX[i] + 6,
            y: view.screenY[i] + 4,
            fill: paint('ink'),
            stroke: paint('bg'),
            'stroke-width': 3,
            'paint-order': 'stroke',
            'stroke-linejoin': 'round',
          },
          shortName(view.ids[i]),
        ),
      );
    }
  }
  for (const tag of tags) {
    const locked = tag.i === how.locked;
    const [left, top, right, bottom] = tag.box;
    root.append(
      s('circle', {
        cx: view.screenX[tag.i],
        cy: view.screenY[tag.i],
        r: locked ? 4.5 : 4,
        fill: locked ? paint('ink') : paint('bg'),
        stroke: paint('ink'),
        'stroke-width': 1.5,
      }),
      s('rect', {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
        rx: 3,
        fill: locked ? paint('ink') : paint('bg'),
        stroke: paint('ink'),
        'stroke-width': 1.5,
      }),
      s(
        'text',
        { x: left + 6, y: bottom - 6, 'font-size': 12, fill: locked ? paint('bg') : paint('ink') },
        tag.name,
      ),
    );
  }
  host?.replaceChildren(root);
  return root;
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

function axes(view, variance, paint) {
  const { width, height, unit, originX, originY } = view;
  const text = (x, y, value, attributes) =>
    s(
      'text',
      { x, y, 'font-family': SANS, 'font-size': 11, fill: paint('ink3'), ...attributes },
      value,
    );
  const across = ticks(-originX / unit, (width - originX) / unit, 7),
    up = ticks((originY - height) / unit, originY / unit, 5);
  const step = across[1] - across[0],
    climb = up[1] - up[0];
  const share = i => `PC ${i + 1}, ${(100 * variance[i]).toFixed(1)}% of variance`;
  const line = (x1, y1, x2, y2) =>
    s('line', { x1, x2, y1, y2, stroke: paint('rule2'), 'stroke-width': 1 });
  return [
    ...(originX > 0 && originX < width ? [line(originX, 0, originX, height)] : []),
    ...(originY > 0 && originY < height ? [line(0, originY, width, originY)] : []),
    ...across
      .map(v => [originX + v * unit, v])
      .filter(([x]) => x > 30 && x < width - 140)
      .flatMap(([x, v]) => [
        line(x, height, x, height - 4),
        text(x, height - 7, tickLabel(v, step), { 'text-anchor': 'middle' }),
      ]),
    ...up
      .map(v => [originY - v * unit, v])
      .filter(([y]) => y > 24 && y < height - 24)
      .flatMap(([y, v]) => [line(0, y, 4, y), text(7, y + 4, tickLabel(v, climb))]),
    text(width - 6, height - 7, share(0), { 'text-anchor': 'end', fill: paint('ink2') }),
    text(7, 14, share(1), { fill: paint('ink2') }),
  ];
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

// The drawing of vt-loss: curves, reference lines, the slider's line, and names at the right end.

import { s } from './dom.js';
import { count, score, tickLabel, ticks } from './numbers.js';
import { hex } from './theme.js';

const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Where steps and losses lie in a drawing of the given size. */
export function lossScales(data, width, height, log) {
  const { steps, train, heldOut, references } = data,
    narrow = width < 560;
  const left = 34,
    right = width - (narrow ? 116 : 188),
    top = 8,
    bottom = height - 46;
  const last = Math.max(steps.at(-1) ?? 1, heldOut.at(-1)?.step ?? 1);
  const seen = [
    ...train,
    ...heldOut.map(one => one.value),
    ...references.map(one => one.value),
  ].filter(Number.isFinite);
  const low = Math.min(...seen),
    high = Math.max(...seen),
    room = (high - low) * 0.06;
  const along = step => (log ? Math.log1p(step) / Math.log1p(last) : step / last);
  const inverse = part => (log ? Math.expm1(part * Math.log1p(last)) : part * last);
  return {
    narrow,
    left,
    right,
    top,
    bottom,
    last,
    low: low - room,
    high: high + room / 2,
    log,
    x: step => left + (right - left) * along(step),
    y: value => top + ((bottom - top) * (high + room / 2 - value)) / (high - low + 1.5 * room),
    step: x => inverse(Math.max(0, Math.min(1, (x - left) / (right - left)))),
  };
}

/**
 * The chart as an `<svg>`; `view`: {smooth, step, log}. With `mode` its colours are fixed, for
 * export.
 */
export function drawLoss(data, view, width, height, mode) {
  const { steps, train, heldOut, references, checkpoints } = data,
    scale = lossScales(data, width, height, view.log);
  const paint = name => (mode ? hex(name, mode) : `var(--${name})`);
  const { x, y, left, right, bottom, top } = scale;
  const root = s('svg', {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': SANS,
    'font-size': 12,
    'aria-hidden': 'true',
  });
  const text = (px, py, value, attributes) =>
    s('text', { x: px, y: py, fill: paint('ink2'), ...attributes }, value);
  const line = (x1, y1, x2, y2, attributes) =>
    s('line', { x1, y1, x2, y2, stroke: paint('rule'), ...attributes });
  const levels = ticks(scale.low, scale.high, 7),
    gap = levels[1] - levels[0];
  for (const level of levels)
    root.append(
      line(left, y(level), right, y(level)),
      text(left - 8, y(level) + 4, tickLabel(level, gap), { 'text-anchor': 'end' }),
    );
  const base = bottom + 10;
  root.append(line(left, base, right, base, { stroke: paint('rule2') }));
  const marks = scale.log
    ? [0, 1, 10, 100, 1000, 10000].filter(v => v < scale.last * 0.6).concat(scale.last)
    : ticks(0, scale.last, scale.narrow ? 3 : 5);
  for (const mark of marks)
    root.append(text(x(mark), base + 22, count(mark), { 'text-anchor': 'middle' }));
  root.append(text(x(marks.at(-1)) + 12 + 4 * count(marks.at(-1)).length, base + 22, 'step'));
  for (const mark of checkpoints)
    root.append(line(x(mark), base - 4, x(mark), base + 4, { stroke: paint('ink3') }));
  for (const { value } of references)
    root.append(
      line(left, y(value), right, y(value), {
        stroke: paint('ink3'),
        'stroke-dasharray': '1.5 3',
        'stroke-width': 1.3,
      }),
    );
  const path = values => {
    let found = '',
      open = false;
    values.forEach((value, i) => {
      if (Number.isFinite(value))
        found += `${open ? 'L' : 'M'}${x(steps[i]).toFixed(1)},${y(value).toFixed(1)}`;
      open = Number.isFinite(value);
    });
    return found;
  };
  root.append(
    s('path', {
      d: path(train),
      fill: 'none',
      stroke: paint('pos'),
      'stroke-opacity': 0.32,
      'stroke-width': 1,
    }),
    s('path', {
      d: path(view.smooth),
      fill: 'none',
      stroke: paint('accent'),
      'stroke-width': 2,
      'stroke-linejoin': 'round',
    }),
  );
  const bad = train.findIndex(value => !Number.isFinite(value));
  if (bad >= 0)
    root.append(
      line(x(steps[bad]), top, x(steps[bad]), bottom, { stroke: paint('warn') }),
      text(x(steps[bad]) + 4, top + 12, `not finite at step ${count(steps[bad])}`, {
        fill: paint('warn'),
      }),
    );
  for (const { step, value, low, high } of heldOut) {
    if (y(low) - y(high) > 9)
      root.append(line(x(step), y(low), x(step), y(high), { stroke: paint('ink') }));
    root.append(
      s('circle', {
        cx: x(step),
        cy: y(value),
        r: 3,
        fill: paint('bg'),
        stroke: paint('ink'),
        'stroke-width': 1.5,
      }),
    );
  }
  drawSlider(root, data, view, scale, base, paint, text, line);
  drawLabels(root, data, view, scale, paint, text);
  return root;
}

function drawSlider(
  root,
  { checkpoints },
  { step },
  { x, top, right, narrow },
  base,
  paint,
  text,
  line,
) {
  const at = checkpoints.indexOf(step);
  if (at < 0) return;
  root.append(
    line(x(step), top - 6, x(step), base, { stroke: paint('ink') }),
    s('circle', { cx: x(step), cy: base, r: 5.5, fill: paint('ink') }),
  );
  root.append(
    text(right + 11, base + 4, `${narrow ? '' : 'checkpoint '}${at + 1} of ${checkpoints.length}`, {
      fill: paint('ink'),
    }),
  );
}

/** Names at the right end, in order of value, none on another. */
function drawLabels(root, data, { smooth, step }, { y, right, top, bottom, narrow }, paint, text) {
  const { heldOut, references } = data;
  const nearest = heldOut.reduce(
    (best, one) =>
      Math.abs(one.step - step) <= Math.abs((best?.step ?? Infinity) - step) ? one : best,
    null,
  );
  const trained = smooth[nearestIndex(data.steps, step)];
  const rows = [
    ...references.map(one => ({
      value: one.value,
      name: narrow ? one.name.split(/[ ,]/)[0] : one.name,
      fill: 'ink3',
    })),
    nearest && { value: nearest.value, name: 'held-out', fill: 'ink', weight: 600 },
    Number.isFinite(trained) && { value: trained, name: 'train', fill: 'accent' },
  ]
    .filter(Boolean)
    .sort((a, b) => b.value - a.value);
  const places = rows.map(row => y(row.value) + 4);
  for (let pass = 0; pass < 40; pass++) {
    for (let i = 0; i + 1 < places.length; i++) {
      const overlap = 16 - (places[i + 1] - places[i]);
      if (overlap > 0) {
        places[i] -= overlap / 2;
        places[i + 1] += overlap / 2;
      }
    }
    for (let i = 0; i < places.length; i++)
      places[i] = Math.max(top + 6, Math.min(bottom - 5, places[i]));
  }
  rows.forEach((row, i) =>
    root.append(
      text(right + 11, places[i], score(row.value), {
        fill: paint(row.fill),
        'font-weight': row.weight,
      }),
      text(right + 46, places[i], row.name, { fill: paint(row.fill), 'font-weight': row.weight }),
    ),
  );
}

/** The index of the value of an ascending list that is nearest to `wanted`; the later of two. */
export function nearestIndex(values, wanted) {
  let best = 0;
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i] - wanted) <= Math.abs(values[best] - wanted)) best = i;
  return best;
}

/**
 * The mean over a window of steps centred on each point: narrower toward the start, where the loss
 * falls fast, and one-sided at the end, where a lone last batch would pass for the result.
 */
export function smoothed(steps, values, window) {
  return values.map((_, i) => {
    const reach = Math.min(window / 2, (steps[i] - steps[0]) / 4);
    let low = i,
      high = i;
    while (low > 0 && steps[i] - steps[low - 1] <= reach) low--;
    while (high + 1 < steps.length && steps[high + 1] - steps[i] <= reach) high++;
    const near = values.slice(low, high + 1).filter(Number.isFinite);
    return near.reduce((sum, one) => sum + one, 0) / near.length;
  });
}

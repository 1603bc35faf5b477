// The drawing of vt-loss: curves, reference lines, the slider's line, and names at the right end.

import { curve, sheet, spread } from '../figures/sheet.js';
import { count, nearestIndex, score, ticks } from '../page/numbers.js';
import { drawChanges } from './training-changes.js';

/** Where steps and losses lie in a drawing of the given size. */
export function lossScales(data, width, height, log) {
  const { steps, train, heldOut, references } = data,
    narrow = width < 560;
  const left = 34,
    right = width - (narrow ? 116 : 188),
    top = data.changes?.length > 0 ? 22 : 8,
    bottom = height - 46;
  const last = Math.max(steps.at(-1) ?? 1, heldOut.at(-1)?.step ?? 1);
  const seen = [...train, ...[...heldOut, ...references].map(one => one.value)].filter(
    Number.isFinite,
  );
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
    scale = lossScales(data, width, height, view.log),
    paper = sheet(width, height, mode),
    { x, y, left, right, bottom, top } = scale,
    base = bottom + 10;
  paper.element.setAttribute('aria-hidden', true);
  paper.gridUp(scale.low, scale.high, 7, y, left, right);
  paper.line(left, base, right, base, { stroke: 'rule2' });
  const marks = scale.log
    ? [0, 1, 10, 100, 1000, 10000].filter(v => v < scale.last * 0.6).concat(scale.last)
    : ticks(0, scale.last, scale.narrow ? 3 : 5);
  for (const mark of marks) paper.textMiddle(x(mark), base + 22, count(mark));
  paper.text(x(marks.at(-1)) + 12 + 4 * count(marks.at(-1)).length, base + 22, 'step');
  for (const mark of checkpoints)
    paper.line(x(mark), base - 4, x(mark), base + 4, { stroke: 'ink3' });
  for (const { value } of references)
    paper.line(left, y(value), right, y(value), {
      stroke: 'ink3',
      'stroke-dasharray': '1.5 3',
      'stroke-width': 1.3,
    });
  drawChanges(paper, data.changes, x, top, bottom, right);
  const path = values => curve(values.map((value, i) => [x(steps[i]), y(value ?? NaN)]));
  paper.path(path(train), { stroke: 'pos', 'stroke-opacity': 0.32, 'stroke-width': 1 });
  paper.path(path(view.smooth), {
    stroke: 'accent',
    'stroke-width': 2,
    'stroke-linejoin': 'round',
  });
  const bad = train.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) {
    paper.line(x(steps[bad]), top, x(steps[bad]), bottom, { stroke: 'warn' });
    const words = `not finite at step ${count(steps[bad])}`;
    paper.text(x(steps[bad]) + 4, top + 12, words, { fill: 'warn' });
  }
  for (const { step, value, low, high } of heldOut) {
    if (y(low) - y(high) > 9) paper.line(x(step), y(low), x(step), y(high), { stroke: 'ink' });
    paper.dot(x(step), y(value), 3, { fill: 'bg', stroke: 'ink', 'stroke-width': 1.5 });
  }
  drawSlider(paper, data, view, scale, base);
  drawLabels(paper, data, view, scale);
  return paper.element;
}

function drawSlider(paper, { checkpoints }, { step }, { x, top, right, narrow }, base) {
  const at = checkpoints.indexOf(step);
  if (at < 0) return;
  const ink = 'ink';
  paper.line(x(step), top - 6, x(step), base, { stroke: ink });
  paper.dot(x(step), base, 5.5, { fill: ink });
  const words = `${narrow ? '' : 'checkpoint '}${at + 1} of ${checkpoints.length}`;
  paper.text(right + 11, base + 4, words, { fill: ink });
}

/** Names at the right end, in order of value, none on another. */
function drawLabels(paper, data, { smooth, step }, { y, right, top, bottom, narrow }) {
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
  const places = spread(
    rows.map(row => y(row.value) + 4),
    16,
    top + 6,
    bottom - 5,
  );
  rows.forEach(({ value, name, fill, weight }, i) => {
    const look = { fill: fill, 'font-weight': weight };
    paper.text(right + 11, places[i], score(value), look);
    paper.text(right + 46, places[i], name, look);
  });
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

// The five small figures of vt-induction-circuit, each with its yardstick.

import { drawPlane, drawSpectrum, planeScales, windowOf } from './complex-plane.js';
import { count, score } from '../page/numbers.js';
import { sheet } from '../figures/sheet.js';
import { ramp } from '../page/theme.js';

const TALL = 92;

/** Weight by distance: bars at −1, −2, …; grey: 5–95% of the model's other heads. */
export function drawOffsets({ byOffset, baseline }, width, mode) {
  const paper = sheet(width, TALL, mode),
    base = 66,
    step = Math.min(34, width / byOffset.length);
  byOffset.forEach((value, i) => {
    const tall = Math.max(0.5, 60 * value);
    paper.rect(i * step + 5, base - tall, step - 10, tall, { fill: i === 0 ? 'pos' : 'rule2' });
    paper.textMiddle(i * step + step / 2, base + 16, `−${i + 1}`, { 'font-size': 11 });
  });
  if (baseline)
    paper.rect(0, base - 60 * baseline.high, step * byOffset.length, 60 * spanOf(baseline), {
      fill: 'ink3',
      'fill-opacity': 0.22,
    });
  paper.line(0, base, step * byOffset.length, base, { stroke: 'rule2' });
  return paper.element;
}

function spanOf({ low, high }) {
  return high - low;
}

/** The measured strength beside a histogram of random draws. */
export function drawComposed({ value, mean, sd }, name, width, mode) {
  const paper = sheet(width, TALL, mode),
    base = 66,
    low = Math.min(mean - 4 * sd, value),
    high = Math.max(mean + 4 * sd, value),
    room = 0.04 * (high - low);
  const x = one => 4 + ((width - 12) * (one - low + room)) / (high - low + 2 * room);
  const bars = normalBars(mean, sd);
  const most = Math.max(...bars.counts);
  bars.counts.forEach((count, i) => {
    const tall = (40 * count) / most,
      from = x(bars.edges[i]);
    paper.rect(from, base - tall, Math.max(1, x(bars.edges[i + 1]) - from - 0.7), tall, {
      fill: 'rule2',
    });
  });
  paper.line(0, base, width - 8, base, { stroke: 'rule2' });
  paper.line(x(value), 8, x(value), base, { stroke: 'k', 'stroke-width': 2.5 });
  paper.textMiddle(x(mean), base + 16, 'random', { 'font-size': 11 });
  paper.textMiddle(Math.min(x(value), width - 16), base + 16, name, {
    'font-size': 11,
    'font-weight': 600,
    fill: 'k',
  });
  return paper.element;
}

/** The normal curve of a baseline that is known by its mean and deviation only. */
function normalBars(mean, sd) {
  const edges = Array.from({ length: 13 }, (_, i) => mean + (i - 6) * sd * 0.5);
  return { edges, counts: edges.slice(1).map((_, i) => Math.exp(-0.5 * ((i - 5.5) / 2) ** 2)) };
}

/** Keys × queries of a few tokens through the previous-token head: a diagonal when it matches. */
export function drawMatching({ sample, of }, width, mode) {
  const paper = sheet(width, TALL, mode),
    size = 72,
    cell = size / sample.length,
    colours = ramp(mode),
    all = sample.flat(),
    low = Math.min(...all),
    span = Math.max(...all) - low || 1;
  sample.forEach((row, i) =>
    row.forEach((value, j) => {
      const [r, g, b] = colours[Math.round((255 * (value - low)) / span)];
      paper.rect(j * cell, i * cell, cell + 0.2, cell + 0.2, { fill: `rgb(${r},${g},${b})` });
    }),
  );
  paper.rect(0.5, 0.5, size - 1, size - 1, { fill: 'none', stroke: 'rule2' });
  if (width > 150) {
    paper.text(size + 10, 34, 'key × query', { 'font-size': 11 });
    const words = `${sample.length} of ${count(of)}`;
    paper.text(size + 10, 50, words, { 'font-size': 11 });
  }
  return paper.element;
}

/** The eigenvalues of the OV circuit. */
export function drawCopying(copying, width, mode) {
  const paper = sheet(width, TALL, mode),
    scales = planeScales(windowOf([copying]), 0, 2, width - 6, 72),
    most = Math.max(...copying.eigenvalues.map(one => Math.hypot(...one)));
  drawPlane(paper, scales, false);
  drawSpectrum(paper, scales, copying, most, 3.6);
  paper.textEnd(width - 6, 88, 'Re λ →', { 'font-size': 11 });
  return paper.element;
}

/** Losses as bars with their spread: intact, without the head, without others, first half. */
export function drawAblated({ intact, without, others, firstHalf, sd }, width, mode) {
  const rows = [
      ['intact', intact, 'pos'],
      ['without', without, 'neg'],
      others !== undefined && others !== null && ['others', others, 'rule2'],
      ['first half', firstHalf, 'rule2'],
    ].filter(Boolean),
    paper = sheet(width, TALL, mode),
    left = 62,
    most = Math.max(...rows.map(([, value]) => value)),
    step = rows.length > 3 ? 21 : 24,
    room = width - left - 42;
  rows.forEach(([name, value, colour], i) => {
    const y = 4 + i * step,
      long = (room * value) / most;
    paper.text(0, y + 11, name, { 'font-size': 11 });
    paper.rect(left, y + 1, long, 12, { fill: colour });
    if (i === 1 && sd) {
      const reach = (room * sd) / most;
      paper.line(left + long - reach, y + 7, left + long + reach, y + 7, {
        stroke: 'ink',
        'stroke-width': 1.5,
      });
    }
    paper.text(left + long + 6, y + 11, score(value), { fill: 'ink', 'font-size': 11 });
  });
  return paper.element;
}

// The curves of vt-position: attention weight by distance, near distances wide.

import { curve, sheet } from '../figures/sheet.js';

const LEFT = 44,
  TALL = 220,
  LINE = 17;

function axis(length, width) {
  const right = width - 14,
    last = Math.log2(length);
  return {
    right,
    x: distance => LEFT + ((right - LEFT) * Math.log2(distance + 1)) / (last || 1),
    back: x => Math.round(2 ** ((last * (x - LEFT)) / (right - LEFT)) - 1),
  };
}

/** The distance under a point, or null left of the axis. */
export function distanceAt(shown, width, x) {
  const { length } = shown.mean ?? shown.alone;
  if (x < LEFT - 8) return null;
  return Math.max(0, Math.min(length - 1, axis(length, width).back(x)));
}

/** The chart as an `<svg>`; `view`: {shown, others, uniform, pointed (a distance or null)}. */
export function drawDistance({ shown, others, uniform, pointed }, width, mode) {
  const main = shown.mean ?? shown.alone,
    { right, x } = axis(main.length, width),
    names = legendOf({ shown, uniform, others }),
    top = 6 + LINE * names.length,
    bottom = top + TALL,
    paper = sheet(width, bottom + 40, mode);
  const drawn = [main, shown.alone, shown.high, uniform, ...others.map(one => one.mean ?? one.alone)],
    most = 1.04 * Math.max(...drawn.flatMap(values => values ?? [])),
    y = value => bottom - (TALL * value) / most,
    points = values => values.map((value, distance) => [x(distance), y(value)]);
  paper.gridUp(0, most, 4, y, LEFT, right);
  let mark = 0,
    free = -Infinity;
  for (; mark < main.length; mark = 2 * mark + 1) {
    if (x(mark) >= free) {
      paper.textMiddle(x(mark), bottom + 17, mark);
      free = x(mark) + 26;
    }
    paper.line(x(mark), bottom, x(mark), bottom + 4, { stroke: 'rule2' });
  }
  paper.textEnd(right, bottom + 35, 'tokens back →', { 'font-size': 11 });
  if (shown.low) {
    const up = points(shown.high),
      down = points(shown.low).reverse();
    paper.path(`${curve(up)}L${curve(down).slice(1)}Z`, {
      class: 'band',
      fill: 'seq1',
      'fill-opacity': 0.7,
    });
  }
  for (const other of others)
    paper.path(curve(points(other.mean ?? other.alone)), {
      stroke: 'ink3',
      'stroke-width': 0.7,
      'stroke-opacity': 0.8,
    });
  if (uniform) paper.path(curve(points(uniform)), { stroke: 'ink3', 'stroke-dasharray': '4 3' });
  if (shown.mean && shown.alone)
    paper.path(curve(points(shown.alone)), {
      class: 'alone',
      stroke: 'k',
      'stroke-width': 1.5,
      'stroke-dasharray': '1.5 3',
      'stroke-linecap': 'round',
    });
  paper.path(curve(points(main)), { class: 'main', stroke: 'pos', 'stroke-width': 2 });
  legend(paper, right, names);
  if (pointed !== null && pointed < main.length) {
    paper.line(x(pointed), top, x(pointed), bottom, { stroke: 'ink' });
    paper.dot(x(pointed), y(main[pointed]), 4, { fill: 'ink' });
  }
  return paper.element;
}

/** The names of the curves: [words, colour, dashes, width]. */
function legendOf({ shown, uniform, others }) {
  const alone = shown.mean
    ? ['positions alone, from the weights', 'k', '1.5 3', 1.5]
    : ['positions alone, from the weights', 'pos', null, 2];
  return [
    shown.mean && ['measured; band: middle 90% of queries', 'pos', null, 2],
    shown.alone && alone,
    uniform && ['uniform attention', 'ink3', '4 3', 1],
    others.length > 0 && ['the other heads', 'ink3', null, 0.7],
  ].filter(Boolean);
}

/** The names above the curves, where no curve can be. */
function legend(paper, right, names) {
  names.forEach(([words, colour, dashes, thick], i) => {
    const y = 12 + LINE * i;
    paper.textEnd(right - 26, y, words, { 'font-size': 11 });
    paper.line(right - 20, y - 4, right, y - 4, {
      stroke: colour,
      'stroke-width': thick,
      'stroke-dasharray': dashes,
    });
  });
}

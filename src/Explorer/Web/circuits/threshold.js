// The histogram of z that is a slider: what lies left of the handle is not drawn.

import { h } from '../page/dom.js';
import { sheet } from '../figures/sheet.js';

const STEP = 0.5;

/**
 * The slider; `edges()` are those of the record, `selection()` has `min`, `choose(min)` changes
 * it. `show(least, words)` draws it again.
 */
export function thresholdSlider(edges, selection, choose) {
  const box = h('div.threshold', { tabindex: 0, role: 'slider', 'aria-label': 'Smallest z shown' });
  const set = value => {
    const { low, high } = thresholdScale(edges(), box.clientWidth);
    choose(Math.round(Math.max(low, Math.min(high, value)) / STEP) * STEP);
  };
  const drag = event => {
    const place = box.getBoundingClientRect();
    set(thresholdScale(edges(), place.width).value(event.clientX - place.left));
  };
  box.addEventListener('pointerdown', event => {
    box.setPointerCapture(event.pointerId);
    drag(event);
  });
  box.addEventListener('pointermove', event => {
    if (box.hasPointerCapture(event.pointerId)) drag(event);
  });
  box.addEventListener('keydown', event => {
    const { low, high } = thresholdScale(edges(), box.clientWidth),
      by = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP }[event.key],
      end = { Home: low, End: high }[event.key];
    if (by === undefined && end === undefined) return;
    event.preventDefault();
    set(end ?? selection().min + by * (event.shiftKey ? 10 : 1));
  });
  box.show = (least, words) => {
    const width = box.clientWidth || 240,
      { low, high } = thresholdScale(edges(), width);
    box.replaceChildren(drawThreshold(edges(), least, width));
    box.setAttribute('aria-valuemin', low);
    box.setAttribute('aria-valuemax', high);
    box.setAttribute('aria-valuenow', least);
    box.setAttribute('aria-valuetext', `${least.toFixed(1)}: ${words}`);
  };
  return box;
}

function drawThreshold(edges, least, width) {
  const height = 58,
    base = 34,
    paper = sheet(width, height),
    scale = thresholdScale(edges, width);
  const bin = (scale.high - scale.low) / Math.max(24, Math.round(width / 9)),
    counts = new Map();
  for (const { z } of edges) {
    const at = Math.floor((z - scale.low) / bin);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const most = Math.max(...counts.values(), 1);
  for (const [at, number] of counts) {
    const from = scale.x(scale.low + at * bin),
      tall = Math.max(3, (26 * number) / most),
      above = scale.low + (at + 0.5) * bin >= least;
    paper.rect(from + 0.5, base - tall, scale.x(scale.low + (at + 1) * bin) - from - 1, tall, {
      fill: above ? 'ink' : 'rule2',
    });
  }
  paper.line(scale.left, base, scale.right, base, { stroke: 'rule2' });
  const marks = [-4, -2, 0, 4, 8, 12, 16, 20, 30, 40, 60, 80, 120].filter(
    mark => mark >= scale.low && mark <= scale.high,
  );
  let free = -Infinity;
  for (const mark of marks) {
    if (scale.x(mark) < free) continue;
    free = scale.x(mark) + 26;
    paper.textMiddle(scale.x(mark), base + 18, mark < 0 ? `−${-mark}` : mark, { 'font-size': 11 });
  }
  const at = scale.x(least);
  paper.line(at, 2, at, base, { stroke: 'ink', 'stroke-width': 1.5 });
  paper.dot(at, base, 5, { fill: 'ink' });
  return paper.element;
}

function thresholdScale(edges, width) {
  const z = edges.map(edge => edge.z),
    low = Math.floor(Math.min(-1, ...z)),
    high = Math.ceil(Math.max(6, ...z) + 0.5),
    left = 6,
    right = width - 8;
  return {
    low,
    high,
    left,
    right,
    x: value => left + ((right - left) * (value - low)) / (high - low),
    value: x => low + ((high - low) * (x - left)) / (right - left),
  };
}

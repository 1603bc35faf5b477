// The drawing of vt-phase-change: panels on one axis of steps, the band, the film strip, the line.

import { count, score } from '../page/numbers.js';
import { curve, MONO, sheet, spread } from '../figures/sheet.js';
import { pictureOf } from '../figures/thumbnails.js';
import { drawChanges } from './training-changes.js';

const PANEL = 64,
  HEAD = 36,
  NAMES = 16;

/** Where everything lies: `{x, step, panels: [{…, top, bottom, y}], strip, base, height}`. */
export function phaseLayout(data, width) {
  const narrow = width < 560,
    left = 36,
    right = width - (narrow ? 104 : 146),
    last = Math.max(data.steps.at(-1) ?? 1, 1);
  const x = step => left + ((right - left) * step) / last;
  let top = 8 + (data.changes?.length > 0 ? NAMES : 0);
  const panels = data.panels.map(panel => {
    const own = data.series.filter(one => one.panel === panel.name),
      values = own
        .flatMap(one => [one.values, one.low, one.high, ...(one.repeats ?? [])])
        .flatMap(line => line ?? [])
        .filter(Number.isFinite),
      fixed = panel.low !== undefined && panel.low !== null,
      least = fixed ? panel.low : Math.min(...values),
      most = fixed ? panel.high : Math.max(...values),
      room = fixed ? 0 : 0.06 * (most - least || 1),
      from = top + HEAD,
      to = from + PANEL;
    top = to;
    const y = value =>
      to - (PANEL * (value - least + room)) / (most - least + 2 * room || 1);
    return { ...panel, own, low: least - room, high: most + room, top: from, bottom: to, y };
  });
  const size = data.strip.length > 0 ? (narrow ? 36 : 58) : 0,
    strip = { top: top + (size > 0 ? 30 : 0), size },
    base = strip.top + size + 16;
  return {
    narrow,
    left,
    right,
    last,
    x,
    panels,
    strip,
    base,
    height: base + 26,
    step: at => (last * Math.max(0, Math.min(right - left, at - left))) / (right - left),
  };
}

/**
 * The chart as an `<svg>`. `view`: {step, head (whose pattern is shown), named(series), pointed
 * (head or null), strip: {size, most, frames: [{step, bytes}]}, repeats (drawn or not)}.
 */
export function drawPhase(data, view, width, mode) {
  const plan = phaseLayout(data, width),
    paper = sheet(width, plan.height, mode);
  const { x, left, right, panels, base } = plan,
    { change } = data;
  if (change) {
    paper.rect(x(change.from), 14, x(change.to) - x(change.from), panels.at(-1).bottom - 4, {
      fill: 'band',
    });
    const middle = (x(change.from) + x(change.to)) / 2,
      words = `${count(change.from)}–${count(change.to)}`;
    paper.textMiddle(middle, 10, words);
  }
  drawChanges(paper, data.changes, x, 14 + NAMES, panels.at(-1).bottom, right);
  for (const panel of panels) drawPanel(paper, plan, panel, view);
  drawStrip(paper, plan, view, mode);
  paper.line(left, base, right, base, { stroke: 'rule2' });
  drawSteps(paper, plan, data, view);
  const at = x(view.step);
  paper.line(at, 14, at, base, { stroke: 'ink', 'stroke-width': 1.3 });
  paper.dot(at, base, 5.5, { fill: 'ink' });
  return paper.element;
}

function drawSteps(paper, { x, base, right, last, narrow }, { checkpoints }, { step }) {
  for (const mark of checkpoints)
    paper.line(x(mark), base - 3, x(mark), base + 3, { stroke: 'ink3' });
  const gap = [50, 100, 150, 200, 250, 300, 500, 1000, 2000, 5000, 10000, 20000, 50000].find(
    one => last / one <= (narrow ? 3.2 : 8.5),
  );
  for (let mark = 0; mark <= last; mark += gap ?? last)
    paper.textMiddle(x(mark), base + 20, count(mark));
  paper.text(right + 12, base + 4, `step ${count(step)}`, { fill: 'ink' });
}

function drawPanel(paper, plan, panel, view) {
  const { left, right, x, narrow } = plan,
    { own, top, y } = panel;
  paper.heading(left, top - 9, narrow ? panel.title.split(',')[0] : panel.title);
  paper.gridUp(panel.low, panel.high, 3, y, left, right);
  const ranked = [...own].sort((a, b) => view.named(a) - view.named(b));
  for (const one of ranked) {
    const steps = one.steps ?? view.steps,
      named = view.named(one),
      away = view.pointed !== null && one.head && one.head !== view.pointed;
    const group = paper.group({
      class: 'series',
      'data-head': one.head,
      opacity: away && named < 2 ? 0.35 : null,
    });
    if (one.low && named > 0) group.path(band(steps, one, x, y), { fill: 'rule2', opacity: 0.5 });
    for (const seed of view.repeats ? (one.repeats ?? []) : [])
      group.path(curve(steps.map((step, i) => [x(step), y(seed[i])])), {
        stroke: named ? 'ink2' : 'ink3',
        'stroke-width': 0.6,
      });
    const line = curve(steps.map((step, i) => [x(step), y(one.values[i])]));
    if (one.head) group.path(line, { stroke: 'transparent', 'stroke-width': 9 });
    group.path(line, { ...strokeOf(one, named, paper), 'stroke-linejoin': 'round' });
  }
  drawLabels(paper, plan, panel, view);
}

function strokeOf({ head, name }, named, paper) {
  if (!head)
    return (
      {
        train: { stroke: 'accent', 'stroke-width': 1.5 },
        'first copy': { stroke: 'ink2', 'stroke-width': 1.1 },
        'second copy': { stroke: 'ink', 'stroke-width': 2 },
      }[name] ?? { stroke: 'ink', 'stroke-width': 1.5, 'stroke-dasharray': '2.5 2.5' }
    );
  return [
    { stroke: 'ink3', 'stroke-width': 0.8, 'stroke-opacity': 0.55 },
    { stroke: 'ink2', 'stroke-width': 1.1 },
    { stroke: 'ink', 'stroke-width': 2 },
  ][named];
}

function band(steps, { low, high }, x, y) {
  const forth = steps.map((step, i) => `${x(step).toFixed(1)},${y(high[i]).toFixed(1)}`),
    back = steps.map((step, i) => `${x(step).toFixed(1)},${y(low[i]).toFixed(1)}`).reverse();
  return `M${[...forth, ...back].join('L')}Z`;
}

/** The value of a series at a step: that of the nearest point at or before it. */
export function valueAt({ values, steps }, all, step) {
  const own = steps ?? all;
  let found = 0;
  own.forEach((one, i) => {
    if (one <= step) found = i;
  });
  return { value: values[found], at: found };
}

function drawLabels(paper, { right, narrow }, { own, y, top, bottom }, view) {
  const rows = own
    .filter(one => !one.head || view.named(one) > 0)
    .map(one => ({ one, named: view.named(one), ...valueAt(one, view.steps, view.step) }))
    .filter(row => Number.isFinite(row.value))
    .sort((a, b) => b.value - a.value);
  const places = spread(
    rows.map(row => y(row.value) + 4),
    15,
    top + 6,
    bottom + 4,
  );
  rows.forEach(({ one, named, value, at }, i) => {
    const wide = one.low && !narrow ? ` ± ${score((one.high[at] - one.low[at]) / 2)}` : '';
    const colour = one.head
      ? ['ink3', 'ink2', 'ink'][named]
      : one.name === 'train'
        ? 'accent'
        : 'ink';
    const group = paper.group({ class: 'label', 'data-head': one.head });
    const attributes = {
      fill: colour,
      'font-weight': one.head && named === 2 ? 600 : null,
    };
    if (!one.head) {
      const words = narrow && rows.length === 1 ? '' : `${one.name} `;
      group.text(right + 12, places[i], words + score(value), attributes);
      return;
    }
    group.text(right + 12, places[i], one.head, { ...attributes, 'font-family': MONO });
    group.text(right + 42, places[i], score(value) + wide, attributes);
  });
}

/** Frames of the film that do not overlap, the current one always among them. */
function framesShown(frames, step, x, size) {
  const current = frames.reduce(
    (best, one) => (one.step <= step || best === null ? one : best),
    null,
  );
  const shown = current ? [current] : [];
  for (const frame of [...frames].reverse())
    if (shown.every(one => Math.abs(x(one.step) - x(frame.step)) >= size + 8)) shown.push(frame);
  return { shown, current };
}

function drawStrip(paper, { left, x, strip, narrow }, view, mode) {
  if (strip.size === 0) return;
  const { size, top } = strip;
  paper.heading(
    left,
    top - 9,
    view.head ? `Pattern of head ${view.head}${narrow ? '' : ' on random repeats'}` : 'Pattern',
  );
  const { shown, current } = framesShown(view.strip.frames, view.step, x, size);
  for (const frame of shown) {
    const at = Math.max(left, x(frame.step) - size / 2),
      group = paper.group({ class: 'frame', 'data-step': frame.step });
    const picture = pictureOf(frame.bytes, view.strip.size, size, view.strip.most, mode);
    group.picture(picture, at, top, size, size);
    group.rect(at, top, size, size, {
      fill: 'none',
      stroke: frame === current ? 'ink' : 'rule2',
      'stroke-width': frame === current ? 2 : 1,
    });
  }
}

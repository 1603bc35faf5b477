// vt-loss: how good is it, and when?

import { fill, h, perFrame, s, segments } from './dom.js';
import { count, score, tickLabel, ticks } from './numbers.js';
import { adjust, selection, subscribe } from './store.js';
import { hex } from './theme.js';

const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const WINDOW = 50;

/** `data`: {steps, train, heldOut: [{step, value, low, high}], references: [{name, value}], checkpoints}. */
export class LossChart extends HTMLElement {
  #data;
  #smooth;

  set data(value) {
    this.#data = value;
    if (value.steps.length === 0) {
      fill(this, h('p', { class: 'empty' }, 'There is no training history beside these weights; ', h('code', null, 'vitrine train'), ' writes one.'));
      return;
    }
    this.#smooth = smoothed(value.steps, value.train, WINDOW);
    this.plot = h('div', {
      class: 'plot', tabindex: 0, role: 'slider', 'aria-label': 'Checkpoint', 'aria-valuemin': 1, 'aria-valuemax': value.checkpoints.length,
    });
    this.readout = h('p', { class: 'readout', 'aria-live': 'off' });
    this.axis = segments('Steps axis', [['linear', 'linear'], ['log', 'log']], selection().steps, kind => adjust({ steps: kind }));
    this.replaceChildren(
      h('div', { class: 'table-head' },
        h('div', null, h('h3', null, 'Loss over training'),
          h('p', { class: 'note' }, `nats per token; train smoothed over ${WINDOW} steps, raw values in pale`)),
        h('div', { class: 'controls' }, this.readout, this.axis)),
      this.plot);
    new ResizeObserver(() => this.draw()).observe(this.plot);
    subscribe((_, changed) => { if (changed.has('step') || changed.has('steps')) this.draw(); });
    this.#watch();
  }

  draw = perFrame(() => {
    const width = this.plot?.clientWidth ?? 0;
    if (width === 0) return;
    this.axis.select(selection().steps);
    this.plot.replaceChildren(this.#drawing(width, width < 560 ? 250 : 264));
    this.#say(selection().step);
    const at = this.#data.checkpoints.indexOf(selection().step) + 1;
    this.plot.setAttribute('aria-valuenow', at);
    this.plot.setAttribute('aria-valuetext', `step ${selection().step}: ${this.readout.textContent}`);
  });

  #scales(width, height) {
    const { steps, train, heldOut, references } = this.#data, narrow = width < 560;
    const left = 34, right = width - (narrow ? 116 : 188), top = 8, bottom = height - 46;
    const last = Math.max(steps.at(-1) ?? 1, heldOut.at(-1)?.step ?? 1);
    const seen = [...train, ...heldOut.map(one => one.value), ...references.map(one => one.value)].filter(Number.isFinite);
    const low = Math.min(...seen), high = Math.max(...seen), room = (high - low) * 0.06;
    const log = selection().steps === 'log';
    const along = step => (log ? Math.log1p(step) / Math.log1p(last) : step / last);
    const inverse = part => (log ? Math.expm1(part * Math.log1p(last)) : part * last);
    return {
      narrow, left, right, top, bottom, last, low: low - room, high: high + room / 2, log,
      x: step => left + (right - left) * along(step),
      y: value => top + (bottom - top) * (high + room / 2 - value) / (high - low + 1.5 * room),
      step: x => inverse(Math.max(0, Math.min(1, (x - left) / (right - left)))),
    };
  }

  #drawing(width, height, mode) {
    const { steps, train, heldOut, references, checkpoints } = this.#data, scale = this.#scales(width, height);
    const paint = name => (mode ? hex(name, mode) : `var(--${name})`);
    const { x, y, left, right, bottom, top } = scale;
    const root = s('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': SANS, 'font-size': 12, 'aria-hidden': 'true' });
    const text = (px, py, value, attributes) => s('text', { x: px, y: py, fill: paint('ink2'), ...attributes }, value);
    const line = (x1, y1, x2, y2, attributes) => s('line', { x1, y1, x2, y2, stroke: paint('rule'), ...attributes });
    const levels = ticks(scale.low, scale.high, 7), gap = levels[1] - levels[0];
    for (const level of levels) root.append(line(left, y(level), right, y(level)), text(left - 8, y(level) + 4, tickLabel(level, gap), { 'text-anchor': 'end' }));
    const base = bottom + 10;
    root.append(line(left, base, right, base, { stroke: paint('rule2') }));
    const marks = scale.log ? [0, 1, 10, 100, 1000, 10000].filter(v => v < scale.last * 0.6).concat(scale.last) : ticks(0, scale.last, scale.narrow ? 3 : 5);
    for (const mark of marks) root.append(text(x(mark), base + 22, count(mark), { 'text-anchor': 'middle' }));
    root.append(text(x(marks.at(-1)) + 12 + 4 * count(marks.at(-1)).length, base + 22, 'step'));
    for (const mark of checkpoints) root.append(line(x(mark), base - 4, x(mark), base + 4, { stroke: paint('ink3') }));
    for (const { value } of references) root.append(line(left, y(value), right, y(value), { stroke: paint('ink3'), 'stroke-dasharray': '1.5 3', 'stroke-width': 1.3 }));
    const path = values => values.reduce((all, value, i) => (Number.isFinite(value) ? `${all}${all === '' || !Number.isFinite(values[i - 1]) ? 'M' : 'L'}${x(steps[i]).toFixed(1)},${y(value).toFixed(1)}` : all), '');
    root.append(
      s('path', { d: path(train), fill: 'none', stroke: paint('pos'), 'stroke-opacity': 0.32, 'stroke-width': 1 }),
      s('path', { d: path(this.#smooth), fill: 'none', stroke: paint('accent'), 'stroke-width': 2, 'stroke-linejoin': 'round' }));
    const bad = train.findIndex(value => !Number.isFinite(value));
    if (bad >= 0) root.append(line(x(steps[bad]), top, x(steps[bad]), bottom, { stroke: paint('warn') }), text(x(steps[bad]) + 4, top + 12, `not finite at step ${count(steps[bad])}`, { fill: paint('warn') }));
    for (const { step, value, low, high } of heldOut) {
      if (y(low) - y(high) > 9) root.append(line(x(step), y(low), x(step), y(high), { stroke: paint('ink') }));
      root.append(s('circle', { cx: x(step), cy: y(value), r: 3, fill: paint('bg'), stroke: paint('ink'), 'stroke-width': 1.5 }));
    }
    this.#slider(root, scale, base, paint, text, line);
    this.#labels(root, scale, paint, text);
    return root;
  }

  #slider(root, { x, top, right, narrow }, base, paint, text, line) {
    const { checkpoints } = this.#data, { step } = selection(), at = checkpoints.indexOf(step);
    if (at < 0) return;
    root.append(line(x(step), top - 6, x(step), base, { stroke: paint('ink') }), s('circle', { cx: x(step), cy: base, r: 5.5, fill: paint('ink') }));
    root.append(text(right + 11, base + 4, `${narrow ? '' : 'checkpoint '}${at + 1} of ${checkpoints.length}`, { fill: paint('ink') }));
  }

  /** Names at the right end, in order of value, none on another. */
  #labels(root, { y, right, top, bottom, narrow }, paint, text) {
    const { heldOut, references } = this.#data, { step } = selection();
    const nearest = heldOut.reduce((best, one) => (Math.abs(one.step - step) <= Math.abs((best?.step ?? Infinity) - step) ? one : best), null);
    const trained = this.#trainAt(step);
    const rows = [
      ...references.map(one => ({ value: one.value, name: narrow ? one.name.split(/[ ,]/)[0] : one.name, fill: 'ink3' })),
      nearest && { value: nearest.value, name: 'held-out', fill: 'ink', weight: 600 },
      Number.isFinite(trained) && { value: trained, name: 'train', fill: 'accent' },
    ].filter(Boolean).sort((a, b) => b.value - a.value);
    const places = rows.map(row => y(row.value) + 4);
    for (let pass = 0; pass < 40; pass++) {
      for (let i = 0; i + 1 < places.length; i++) {
        const overlap = 16 - (places[i + 1] - places[i]);
        if (overlap > 0) { places[i] -= overlap / 2; places[i + 1] += overlap / 2; }
      }
      for (let i = 0; i < places.length; i++) places[i] = Math.max(top + 6, Math.min(bottom - 5, places[i]));
    }
    rows.forEach((row, i) => root.append(
      text(right + 11, places[i], score(row.value), { fill: paint(row.fill), 'font-weight': row.weight }),
      text(right + (46), places[i], row.name, { fill: paint(row.fill), 'font-weight': row.weight })));
  }

  #trainAt(step) {
    const { steps } = this.#data;
    let best = 0;
    for (let i = 0; i < steps.length; i++) if (Math.abs(steps[i] - step) <= Math.abs(steps[best] - step)) best = i;
    return this.#smooth[best];
  }

  #say(step) {
    const held = this.#data.heldOut.find(one => one.step === step);
    const spread = held && Number.isFinite(held.high) ? ` ± ${score((held.high - held.low) / 2)}` : '';
    this.readout.textContent = [`step ${count(step)}`, `train ${score(this.#trainAt(step))}`,
      held && `held-out ${score(held.value)}${spread}`, held && `perplexity ${count(Math.exp(held.value))}`].filter(Boolean).join('   ');
  }

  #watch() {
    const move = event => {
      const box = this.plot.getBoundingClientRect(), { checkpoints } = this.#data;
      const step = this.#scales(box.width, box.height).step(event.clientX - box.left);
      adjust({ step: checkpoints.reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), checkpoints[0]) });
    };
    let dragging = false;
    this.plot.addEventListener('pointerdown', event => { dragging = true; this.plot.setPointerCapture(event.pointerId); move(event); });
    this.plot.addEventListener('pointermove', event => {
      if (dragging) move(event);
      else if (event.pointerType !== 'touch') {
        const box = this.plot.getBoundingClientRect(), steps = this.#data.heldOut.map(one => one.step);
        const step = this.#scales(box.width, box.height).step(event.clientX - box.left);
        if (steps.length > 0) this.#say(steps.reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best)));
      }
    });
    this.plot.addEventListener('pointerup', () => { dragging = false; });
    this.plot.addEventListener('pointercancel', () => { dragging = false; });
    this.plot.addEventListener('pointerleave', () => this.#say(selection().step));
    this.plot.addEventListener('keydown', event => {
      const { checkpoints } = this.#data, at = checkpoints.indexOf(selection().step);
      const to = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: checkpoints.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      adjust({ step: checkpoints[Math.max(0, Math.min(checkpoints.length - 1, to))] });
    });
  }

  csv() {
    const { steps, train, heldOut, references } = this.#data;
    return [['series', 'step', 'nats', 'low', 'high'], ...steps.map((step, i) => ['train', step, train[i], '', '']),
      ...heldOut.map(one => ['held-out', one.step, one.value, one.low, one.high]), ...references.map(one => [one.name, '', one.value, '', ''])];
  }

  svg() {
    return this.#drawing(1008, 264, 'light');
  }
}

/** The mean over a window of steps centred on each point, narrower toward the start, where the loss falls fast. */
function smoothed(steps, values, window) {
  return values.map((_, i) => {
    const reach = Math.min(window / 2, (steps[i] - steps[0]) / 4, steps.at(-1) - steps[i]);
    let low = i, high = i;
    while (low > 0 && steps[i] - steps[low - 1] <= reach) low--;
    while (high + 1 < steps.length && steps[high + 1] - steps[i] <= reach) high++;
    return values.slice(low, high + 1).reduce((sum, one) => sum + one, 0) / (high - low + 1);
  });
}

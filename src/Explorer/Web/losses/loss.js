// vt-loss: how good is it, and when?

import { Figure } from '../figures/figure.js';
import { register } from '../page/components.js';
import { h, segments, tableHead } from '../page/dom.js';
import { count, nearestIndex, score } from '../page/numbers.js';
import { adjust, declare, oneOf, selection } from '../page/store.js';
import { checkpointSlider, nearest } from './checkpoint-slider.js';
import { drawLoss, lossScales, smoothed } from './loss-drawing.js';

const WINDOW = 50;

/**
 * `data`: {steps, train, heldOut: [{step, value, low, high}], references: [{name, value}],
 * checkpoints, changes?: [{step, name}]}.
 */
class LossChart extends Figure {
  #smooth;

  get watched() {
    return ['step', 'steps'];
  }

  empty({ steps }) {
    return steps.length > 0
      ? null
      : [
          'These weights have no training history; ',
          h('code', 'vitrine train'),
          ' writes one.',
        ];
  }

  build() {
    this.plot = checkpointSlider({
      checkpoints: () => this.data.checkpoints,
      shown: () => selection().step,
      stepAt: (x, width) =>
        lossScales(this.data, width, this.plot.clientHeight, selection().steps === 'log').step(x),
      pointed: step => this.#point(step),
    });
    this.readout = h('p.readout', { 'aria-live': 'off' });
    this.axis = segments('Steps axis', ['linear', 'log'], kind => adjust({ steps: kind }));
    return [
      tableHead(
        'Loss over training',
        `nats per token; train smoothed over ${WINDOW} steps, raw values in pale`,
        h('div.controls', this.readout, this.axis),
      ),
      this.plot,
    ];
  }

  prepare() {
    this.#smooth = smoothed(this.data.steps, this.data.train, WINDOW);
  }

  render(width) {
    this.axis.select(selection().steps);
    this.plot.replaceChildren(drawLoss(this.data, this.#view(), width, width < 560 ? 250 : 264));
    this.#say(selection().step);
    this.plot.said(`step ${selection().step}: ${this.readout.textContent}`);
  }

  #view() {
    const { step, steps } = selection();
    return { smooth: this.#smooth, step, log: steps === 'log' };
  }

  /** Hover reads the nearest held-out point. */
  #point(step) {
    const steps = this.data.heldOut.map(one => one.step);
    if (step === null) this.#say(selection().step);
    else if (steps.length > 0) this.#say(nearest(steps, step));
  }

  #say(step) {
    const held = this.data.heldOut.find(one => one.step === step);
    const spread =
      held && Number.isFinite(held.high) ? ` ± ${score((held.high - held.low) / 2)}` : '';
    this.readout.textContent = [
      `step ${count(step)}`,
      `train ${score(this.#smooth[nearestIndex(this.data.steps, step)])}`,
      held && `held-out ${score(held.value)}${spread}`,
      held && `perplexity ${count(Math.exp(held.value))}`,
    ]
      .filter(Boolean)
      .join('   ');
  }

  csv() {
    const { steps, train, heldOut, references } = this.data;
    return [
      ['series', 'step', 'nats', 'low', 'high'],
      ...steps.map((step, i) => ['train', step, train[i], '', '']),
      ...heldOut.map(one => ['held-out', one.step, one.value, one.low, one.high]),
      ...references.map(one => [one.name, '', one.value, '', '']),
    ];
  }

  svg() {
    return drawLoss(this.data, this.#view(), 1008, 264, 'light');
  }
}

register('vt-loss', LossChart);
declare({ steps: { read: oneOf(['linear', 'log']), initial: () => 'linear' } });

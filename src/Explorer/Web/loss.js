// vt-loss: how good is it, and when?

import { register } from './components.js';
import { h, segments } from './dom.js';
import { Figure } from './figure.js';
import { drawLoss, lossScales, nearestIndex, smoothed } from './loss-drawing.js';
import { count, score } from './numbers.js';
import { adjust, declare, oneOf, selection } from './store.js';

const WINDOW = 50;

/**
 * `data`: {steps, train, heldOut: [{step, value, low, high}], references: [{name, value}],
 * checkpoints}.
 */
export class LossChart extends Figure {
  #smooth;

  get watched() {
    return ['step', 'steps'];
  }

  empty({ steps }) {
    return steps.length > 0
      ? null
      : [
          'There is no training history beside these weights; ',
          h('code', null, 'vitrine train'),
          ' writes one.',
        ];
  }

  build() {
    const value = this.data;
    this.#smooth = smoothed(value.steps, value.train, WINDOW);
    this.plot = h('div', {
      class: 'plot',
      tabindex: 0,
      role: 'slider',
      'aria-label': 'Checkpoint',
      'aria-valuemin': 1,
      'aria-valuemax': value.checkpoints.length,
    });
    this.readout = h('p', { class: 'readout', 'aria-live': 'off' });
    this.axis = segments(
      'Steps axis',
      [
        ['linear', 'linear'],
        ['log', 'log'],
      ],
      selection().steps,
      kind => adjust({ steps: kind }),
    );
    this.replaceChildren(
      h(
        'div',
        { class: 'table-head' },
        h(
          'div',
          null,
          h('h3', null, 'Loss over training'),
          h(
            'p',
            { class: 'note' },
            `nats per token; train smoothed over ${WINDOW} steps, raw values in pale`,
          ),
        ),
        h('div', { class: 'controls' }, this.readout, this.axis),
      ),
      this.plot,
    );
    this.#watch();
  }

  render(width) {
    if (!this.plot) return;
    this.axis.select(selection().steps);
    this.plot.replaceChildren(drawLoss(this.data, this.#view(), width, width < 560 ? 250 : 264));
    this.#say(selection().step);
    const at = this.data.checkpoints.indexOf(selection().step) + 1;
    this.plot.setAttribute('aria-valuenow', at);
    this.plot.setAttribute(
      'aria-valuetext',
      `step ${selection().step}: ${this.readout.textContent}`,
    );
  }

  #view() {
    const { step, steps } = selection();
    return { smooth: this.#smooth, step, log: steps === 'log' };
  }

  /** The step under the pointer. */
  #stepAt(event) {
    const box = this.plot.getBoundingClientRect();
    const scale = lossScales(this.data, box.width, box.height, selection().steps === 'log');
    return scale.step(event.clientX - box.left);
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

  #watch() {
    const move = event => {
      const { checkpoints } = this.data;
      adjust({ step: checkpoints[nearestIndex(checkpoints, this.#stepAt(event))] });
    };
    let dragging = false;
    this.plot.addEventListener('pointerdown', event => {
      dragging = true;
      this.plot.setPointerCapture(event.pointerId);
      move(event);
    });
    this.plot.addEventListener('pointermove', event => {
      if (dragging) move(event);
      else if (event.pointerType !== 'touch' && this.data.heldOut.length > 0) {
        const steps = this.data.heldOut.map(one => one.step);
        this.#say(steps[nearestIndex(steps, this.#stepAt(event))]);
      }
    });
    this.plot.addEventListener('pointerup', () => {
      dragging = false;
    });
    this.plot.addEventListener('pointercancel', () => {
      dragging = false;
    });
    this.plot.addEventListener('pointerleave', () => this.#say(selection().step));
    this.plot.addEventListener('keydown', event => {
      const { checkpoints } = this.data,
        at = checkpoints.indexOf(selection().step);
      const to = {
        ArrowRight: at + 1,
        ArrowUp: at + 1,
        ArrowLeft: at - 1,
        ArrowDown: at - 1,
        Home: 0,
        End: checkpoints.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      adjust({ step: checkpoints[Math.max(0, Math.min(checkpoints.length - 1, to))] });
    });
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

// vt-phase-change: when did the circuit form?

import { register } from './components.js';
import { decode } from './data.js';
import { fill, h } from './dom.js';
import { Figure } from './figure.js';
import { nearestIndex } from './loss-drawing.js';
import { count, score } from './numbers.js';
import { drawPhase, phaseLayout, valueAt } from './phase-drawing.js';
import { adjust, selection } from './store.js';

/** Panels that a record may name without saying how they read. */
const PANELS = {
  loss: { title: 'Loss, nats per token' },
  'in-context': { title: 'In-context score, late less early loss in nats' },
  'prefix matching': { title: 'Prefix matching, by head', low: 0, high: 1 },
  composition: { title: 'K-composition into the head, ratio of norms' },
  'previous token': { title: 'Previous-token attention, by head', low: 0, high: 1 },
};

/**
 * `data`: {steps, checkpoints?, series: [{name, panel, head?, values, steps?, low?, high?,
 * repeats?}], panels?: [{name, title, low?, high?}], change?: {from, to}, size, strip:
 * [{head, step, thumb: base64 [size, size]}], head? (whose pattern is shown first)}.
 */
export class PhaseChange extends Figure {
  #films = new Map();
  #repeats = false;
  #width = 0;

  get watched() {
    return ['step', 'head'];
  }

  empty({ steps }) {
    return steps.length > 1
      ? null
      : 'This model has one checkpoint, so nothing can be seen to form; ' +
          'vitrine run 2-layer keeps a timeline.';
  }

  build() {
    const { series, panels, strip } = this.record;
    const names = panels ?? [...new Set(series.map(one => one.panel))].map(name => ({ name }));
    this.plan = {
      ...this.record,
      checkpoints: this.record.checkpoints ?? this.record.steps,
      panels: names.map(panel => ({
        ...PANELS[panel.name],
        ...panel,
        title: panel.title ?? PANELS[panel.name]?.title ?? panel.name,
      })),
      strip: strip ?? [],
    };
    this.plot = h('div', {
      class: 'plot',
      tabindex: 0,
      role: 'slider',
      'data-key': 'plot',
      'aria-label': 'Checkpoint',
      'aria-valuemin': 1,
      'aria-valuemax': this.plan.checkpoints.length,
    });
    this.readout = h('p', { class: 'readout', 'aria-live': 'off' });
    const seeds = series.some(one => one.repeats?.length > 0);
    fill(
      this,
      h(
        'div',
        { class: 'phase-head' },
        this.readout,
        seeds &&
          h(
            'button',
            {
              type: 'button',
              class: 'tool',
              'aria-pressed': 'false',
              onclick: event => {
                this.#repeats = !this.#repeats;
                event.currentTarget.setAttribute('aria-pressed', this.#repeats);
                this.draw();
              },
            },
            'every seed',
          ),
      ),
      this.plot,
      !this.plan.change &&
        h('p', { class: 'aside' }, 'No change found: no score rises by more than its own spread.'),
    );
    this.#watch();
  }

  get #step() {
    const { checkpoints } = this.plan,
      { step } = selection();
    return checkpoints[nearestIndex(checkpoints, step ?? checkpoints.at(-1))];
  }

  /** The head whose pattern is shown: the locked one, the record's, or the best at the end. */
  get #head() {
    const known = new Set(this.plan.strip.map(frame => frame.head)),
      { head } = selection();
    return known.has(head) ? head : (this.plan.head ?? this.plan.strip[0]?.head ?? null);
  }

  /** 2 for the head of each panel that leads, 1 for others of note, 0 for the rest. */
  #named = series => {
    if (!series.head) return 2;
    if (series.head === selection().head || series.head === this.plan.head) return 2;
    const own = this.plan.series.filter(one => one.panel === series.panel),
      ends = own.map(one => one.values.at(-1)),
      best = Math.max(...ends);
    if (series.values.at(-1) === best) return 2;
    return series.values.at(-1) >= 0.3 && series.values.at(-1) >= best / 2 ? 1 : 0;
  };

  #film(head) {
    if (!this.#films.has(head)) {
      const frames = this.plan.strip
        .filter(frame => frame.head === head)
        .map(({ step, thumb }) => ({ step, bytes: decode(thumb) }));
      const most = frames.reduce((top, { bytes }) => Math.max(top, ...bytes), 1);
      this.#films.set(head, { size: this.plan.size, most, frames });
    }
    return this.#films.get(head);
  }

  #view() {
    const head = this.#head;
    return {
      step: this.#step,
      steps: this.plan.steps,
      head,
      named: this.#named,
      pointed: selection().headPreview,
      strip: this.#film(head),
      repeats: this.#repeats,
    };
  }

  render(width) {
    this.#width = width;
    this.plot.replaceChildren(drawPhase(this.plan, this.#view(), width));
    this.#say(this.#step);
    const at = this.plan.checkpoints.indexOf(this.#step) + 1;
    this.plot.setAttribute('aria-valuenow', at);
    this.plot.setAttribute('aria-valuetext', this.readout.textContent);
  }

  #say(step) {
    const parts = this.plan.series
      .filter(one => !one.head || this.#named(one) === 2)
      .map(one => ({ ...one, ...valueAt(one, this.plan.steps, step) }))
      .filter(one => Number.isFinite(one.value))
      .map(({ name, panel, head, value }) => [
        '   ',
        h(
          'span',
          null,
          head ? [`${panel} `, h('code', null, head)] : name,
          ' ',
          h('b', null, score(value)),
        ),
      ]);
    fill(this.readout, h('span', null, 'step ', h('b', null, count(step))), parts);
  }

  #watch() {
    const checkpointAt = event => {
      const box = this.plot.getBoundingClientRect(),
        { checkpoints } = this.plan,
        step = phaseLayout(this.plan, this.#width).step(event.clientX - box.left);
      return checkpoints[nearestIndex(checkpoints, step)];
    };
    let dragging = false;
    this.plot.addEventListener('pointerdown', event => {
      if (event.target.closest('[data-head]')) return;
      dragging = true;
      this.plot.setPointerCapture(event.pointerId);
      adjust({ step: checkpointAt(event) });
    });
    this.plot.addEventListener('pointermove', event => {
      if (dragging) adjust({ step: checkpointAt(event) });
      else if (event.pointerType !== 'touch') this.#say(checkpointAt(event));
    });
    for (const end of ['pointerup', 'pointercancel'])
      this.plot.addEventListener(end, () => {
        dragging = false;
      });
    this.plot.addEventListener('pointerleave', () => this.#say(this.#step));
    this.plot.addEventListener('keydown', event => {
      const { checkpoints } = this.plan,
        at = checkpoints.indexOf(this.#step),
        stride = event.shiftKey ? 10 : 1;
      const to = {
        ArrowRight: at + stride,
        ArrowUp: at + stride,
        ArrowLeft: at - stride,
        ArrowDown: at - stride,
        Home: 0,
        End: checkpoints.length - 1,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      adjust({ step: checkpoints[Math.max(0, Math.min(checkpoints.length - 1, to))] });
    });
  }

  csv() {
    return [
      ['series', 'panel', 'head', 'step', 'value', 'low', 'high'],
      ...this.plan.series.flatMap(one =>
        (one.steps ?? this.plan.steps).map((step, i) => [
          one.name,
          one.panel,
          one.head ?? '',
          step,
          one.values[i] ?? '',
          one.low?.[i] ?? '',
          one.high?.[i] ?? '',
        ]),
      ),
    ];
  }

  svg() {
    return drawPhase(this.plan, this.#view(), 1008, 'light');
  }
}

register('vt-phase-change', PhaseChange);

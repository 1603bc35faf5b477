// vt-phase-change: when did the circuit form?

import { Figure } from '../figures/figure.js';
import { register } from '../page/components.js';
import { decode } from '../page/data.js';
import { fill, h } from '../page/dom.js';
import { count, score } from '../page/numbers.js';
import { selection } from '../page/store.js';
import { checkpointSlider, nearest } from './checkpoint-slider.js';
import { drawPhase, phaseLayout, valueAt } from './phase-drawing.js';

/** How panels read that have more than a name. */
const PANELS = {
  loss: { title: 'Loss, nats per token' },
  repeats: { title: 'Loss on repeated random tokens, nats per token' },
  'in-context': { title: 'In-context score: loss late in the context minus loss early, in nats' },
  'prefix matching': { title: 'Prefix matching, by head', low: 0, high: 1 },
  composition: { title: 'K-composition into the head, ratio of norms' },
  'previous token': { title: 'Previous-token attention, by head', low: 0, high: 1 },
};

/**
 * `data`: {steps, checkpoints?, series: [{name, panel, head?, values, steps?, low?, high?,
 * repeats?}], changes?: [{step, name}], change?: {from, to}, size, strip:
 * [{head, step, thumb: base64 [size, size]}], head? (whose pattern is shown first)}.
 */
class PhaseChange extends Figure {
  #films = new Map();
  #repeats = false;

  get watched() {
    return ['step', 'head'];
  }

  empty({ steps }) {
    return steps.length > 1
      ? null
      : 'This model has one checkpoint, so it cannot show anything forming; ' +
          'vitrine run 2-layer keeps a timeline.';
  }

  build() {
    this.plot = checkpointSlider({
      checkpoints: () => this.plan.checkpoints,
      shown: () => this.#step,
      stepAt: (x, width) => phaseLayout(this.plan, width).step(x),
      pointed: step => this.#say(step === null ? this.#step : nearest(this.plan.checkpoints, step)),
    });
    this.plot.dataset.key = 'plot';
    this.readout = h('p.readout', { 'aria-live': 'off' });
    const every = () => {
      this.#repeats = !this.#repeats;
      this.draw();
    };
    this.seeds = h('button.tool', { onclick: every }, 'every seed');
    this.none = h('p.aside', 'No change found: no score rises by more than its own spread.');
    return [h('div.phase-head', this.readout, this.seeds), this.plot, this.none];
  }

  prepare() {
    const { series, strip, checkpoints, steps } = this.record,
      names = [...new Set(series.map(one => one.panel))];
    this.plan = {
      ...this.record,
      checkpoints: checkpoints ?? steps,
      panels: names.map(name => ({ name, title: name, ...PANELS[name] })),
      strip: strip ?? [],
    };
    this.#films.clear();
    this.seeds.hidden = !series.some(one => one.repeats?.length > 0);
    this.none.hidden = Boolean(this.plan.change);
  }

  get #step() {
    const { checkpoints } = this.plan,
      { step } = selection();
    return nearest(checkpoints, step ?? checkpoints.at(-1));
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
    this.seeds.setAttribute('aria-pressed', this.#repeats);
    this.plot.replaceChildren(drawPhase(this.plan, this.#view(), width));
    this.#say(this.#step);
    this.plot.said(this.readout.textContent);
  }

  #say(step) {
    const parts = this.plan.series
      .filter(one => !one.head || this.#named(one) === 2)
      .map(one => ({ ...one, ...valueAt(one, this.plan.steps, step) }))
      .filter(one => Number.isFinite(one.value))
      .map(({ name, panel, head, value }) => [
        '   ',
        h('span', head ? [`${panel} `, h('code', head)] : name, ' ', h('b', score(value))),
      ]);
    fill(this.readout, h('span', 'step ', h('b', count(step))), parts);
  }

  csv() {
    return [
      ['series', 'panel', 'head', 'step', 'value', 'low', 'high'],
      ...this.plan.series.flatMap(one =>
        (one.steps ?? this.plan.steps).map((step, i) => [
          one.name,
          one.panel,
          one.head,
          step,
          one.values[i],
          one.low?.[i],
          one.high?.[i],
        ]),
      ),
    ];
  }

  svg() {
    return drawPhase(this.plan, this.#view(), 1008, 'light');
  }
}

register('vt-phase-change', PhaseChange);

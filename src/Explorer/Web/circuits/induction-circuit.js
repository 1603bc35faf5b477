// vt-induction-circuit: how does induction come about, and is it proved?

import {
  drawAblated,
  drawComposed,
  drawCopying,
  drawMatching,
  drawOffsets,
} from './circuit-claims.js';
import { drawDiagram } from './circuit-diagram.js';
import { register } from '../page/components.js';
import { allOf, fill, h } from '../page/dom.js';
import { Figure, note, stepNote } from '../figures/figure.js';
import { headLink } from '../heads/heads.js';
import { deviations, percent, score, signed } from '../page/numbers.js';
import { sheet } from '../figures/sheet.js';

const SPREAD =
  'Above: the position in one sequence of repeats where attention × probability of the token found ' +
  'is largest. ± is the standard deviation over sequences, or half the 95% interval for the ablation; ' +
  'grey: random draws, or 5–95% of the other heads';

/**
 * `data`: {head, score, found, passage: {tokens, source, destination, predicted, weight,
 * probability}, previous: {head, score, sd?, byOffset, baseline?}, composition: {kind, from, value,
 * mean, sd, z}, matching: {share, chance, of, sample}, copying: {score, eigenvalues, baseline},
 * ablation: {heads, intact, without, others?, firstHalf, removed, sd?}, timeline?}. Each claim
 * has `holds`, and `rule`: what it must reach.
 */
class InductionCircuit extends Figure {
  empty({ head, previous }) {
    return head && previous
      ? null
      : 'An induction circuit needs two layers of attention; this model has one. ' +
          'vitrine run 2-layer trains a model that can have it.';
  }

  build() {
    this.verdict = h('p.verdict');
    this.diagram = h('div.diagram');
    this.claims = h('ol.claims');
    this.note = h('p.aside');
    return [this.verdict, this.diagram, this.claims, this.note];
  }

  /** The claims in order: `{title, value, number, unit, line, figure(width, mode), fails, rule}`. */
  #all() {
    const { head, previous, composition, matching, copying, ablation } = this.data,
      plus = ({ sd }, digits = 2) => (Number.isFinite(sd) ? ` ± ${sd.toFixed(digits)}` : '');
    const claim = (record, title, value, number, unit, line, figure) => ({
      title,
      value,
      number,
      unit,
      line,
      figure,
      fails: record.holds === false,
      rule: record.rule,
    });
    return [
      claim(
        previous,
        'Previous token',
        score(previous.score) + plus(previous),
        previous.score,
        'share of attention',
        ['of head ', headLink(previous.head), '’s attention is on the previous token'],
        (...size) => drawOffsets(previous, ...size),
      ),
      claim(
        composition,
        `${composition.kind ?? 'K'}-composition`,
        `z ${deviations(composition.z)}`,
        composition.z,
        'deviations',
        [
          `${composition.value.toFixed(3)} compared with ${composition.mean.toFixed(3)} ± ` +
            composition.sd.toFixed(3),
          ' for random draws; from head ',
          headLink(composition.from),
        ],
        (...size) => drawComposed(composition, composition.from, ...size),
      ),
      claim(
        matching,
        'Matching',
        percent(matching.share, 0),
        matching.share,
        'share of tokens',
        [
          'of tokens are their own best key through ',
          headLink(previous.head),
          `, by chance ${percent(matching.chance)}`,
        ],
        (...size) => drawMatching(matching, ...size),
      ),
      claim(
        copying,
        'Copying',
        score(copying.score) + plus(copying),
        copying.score,
        'copying score',
        ['eigenvalue score of head ', headLink(head), '’s OV circuit'],
        (...size) => drawCopying(copying, ...size),
      ),
      claim(
        ablation,
        'Ablation',
        `${signed(ablation.without - ablation.intact)}${plus(ablation)} nats`,
        ablation.without - ablation.intact,
        'nats',
        [
          'on the second half of random repeats without ',
          ablation.heads.map((name, i) => [i > 0 ? ', ' : '', headLink(name)]),
          `: ${percent(ablation.removed, 0)} of the gain`,
        ],
        (...size) => drawAblated(ablation, ...size),
      ),
    ];
  }

  render(width) {
    const all = this.#all();
    fill(
      this.verdict,
      h('strong', 'No induction head formed. '),
      `The best head, ${this.data.head}, has prefix matching ${score(this.data.score)}.`,
    );
    this.verdict.hidden = this.data.heads?.length > 0;
    fill(this.diagram, drawDiagram(this.data, width));
    fill(
      this.claims,
      all.map((one, i) =>
        h(
          'li',
          { class: one.fails ? 'claim fails' : 'claim' },
          h('h3', `${i + 1} ${one.title}`),
          h('p.value', one.value),
          h('p.line', one.line),
          one.fails && one.rule && h('p.rule', `Fails: ${one.rule}.`),
          h('div.small-figure', { 'aria-hidden': 'true' }),
        ),
      ),
    );
    allOf(this.claims, '.small-figure').forEach((place, i) => {
      place.append(all[i].figure(Math.min(196, place.clientWidth)));
    });
    const step = stepNote(this.data);
    note(this.note, `${SPREAD}.`, step && ` The circuit ${step}.`);
  }

  csv() {
    return [
      ['claim', 'value', 'unit', 'holds'],
      ...this.#all().map(one => [one.title, one.number, one.unit, one.fails ? 'no' : 'yes']),
    ];
  }

  /** The diagram with the five claims below, as one drawing. */
  svg() {
    const width = 1008,
      all = this.#all(),
      paper = sheet(width, 400, 'light'),
      step = width / all.length;
    const put = (drawing, x, y) => {
      drawing.setAttribute('x', x);
      drawing.setAttribute('y', y);
      paper.element.append(drawing);
    };
    put(drawDiagram(this.data, width, 'light'), 0, 0);
    all.forEach((one, i) => {
      paper.heading(i * step, 220, `${i + 1} ${one.title}`);
      paper.text(i * step, 244, one.value, { 'font-size': 18, fill: one.fails ? 'warn' : 'ink' });
      put(one.figure(180, 'light'), i * step, 270);
    });
    return paper.element;
  }
}

register('vt-induction-circuit', InductionCircuit);

// vt-induction-circuit: how does induction come about, and is it proved?

import { drawAblated, drawComposed, drawCopying } from './circuit-claims.js';
import { drawMatching, drawOffsets } from './circuit-claims.js';
import { drawDiagram } from './circuit-diagram.js';
import { register } from './components.js';
import { fill, h } from './dom.js';
import { Figure, stepNote } from './figure.js';
import { headLink } from './heads.js';
import { score, signed } from './numbers.js';
import { sheet } from './sheet.js';

/**
 * `data`: {head, passage: {tokens, source, destination, predicted, weight, probability},
 * previous: {head, score, byOffset, baseline?}, composition: {kind?, value, mean, randomSd, z,
 * histogram?}, matching: {share, sample, of}, copying: {score, eigenvalues, baseline?},
 * ablation: {intact, without, others?, firstHalf}, spread?}; each claim may hold `sd`,
 * `holds` (false where it fails) and `rule` (what it had to reach); timeline?.
 */
export class InductionCircuit extends Figure {
  empty({ head, previous }) {
    return head && previous
      ? null
      : 'An induction circuit needs two layers of attention; this model has one. ' +
          'vitrine run 2-layer trains a model that can have it.';
  }

  build() {
    this.verdict = h('p', { class: 'verdict' });
    this.diagram = h('div', { class: 'diagram' });
    this.claims = h('ol', { class: 'claims' });
    this.note = h('p', { class: 'aside' });
    fill(this, this.verdict, this.diagram, this.claims, this.note);
  }

  /** The claims in order: `{title, value, line, figure(width, mode), fails, rule}`. */
  #all() {
    const { head, previous, composition, matching, copying, ablation } = this.data,
      plus = ({ sd }, digits = 2) => (Number.isFinite(sd) ? ` ± ${sd.toFixed(digits)}` : '');
    const claim = (record, title, value, line, figure) => ({
      title,
      value,
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
        ['of head ', headLink(previous.head), '’s weight lies on the token before'],
        (...size) => drawOffsets(previous, ...size),
      ),
      claim(
        composition,
        `${composition.kind ?? 'K'}-composition`,
        `z ${composition.z.toFixed(1)}${plus(composition, 1)}`,
        [
          `${composition.value.toFixed(3)} where random gives ${composition.mean.toFixed(3)} ± ` +
            composition.randomSd.toFixed(3),
        ],
        (...size) => drawComposed(composition, previous.head, ...size),
      ),
      claim(
        matching,
        'Matching',
        `${(100 * matching.share).toFixed(0)}%${
          Number.isFinite(matching.sd) ? ` ± ${(100 * matching.sd).toFixed(0)}` : ''
        }`,
        ['of tokens find themselves as best key through ', headLink(previous.head)],
        (...size) => drawMatching(matching, ...size),
      ),
      claim(
        copying,
        'Copying',
        score(copying.score) + plus(copying),
        ['eigenvalue score of head ', headLink(head), '’s OV circuit'],
        (...size) => drawCopying(copying, ...size),
      ),
      claim(
        ablation,
        'Ablation',
        `${signed(ablation.without - ablation.intact)}${plus(ablation)} nats`,
        ['on the second half of random repeats, without head ', headLink(head)],
        (...size) => drawAblated(ablation, ...size),
      ),
    ];
  }

  render(width) {
    const all = this.#all(),
      failed = all.filter(one => one.fails);
    fill(
      this.verdict,
      ...(failed.length === 0
        ? []
        : [
            h('strong', null, 'No induction circuit found. '),
            `${failed.length} of ${all.length} claims fail: `,
            failed.map(one => one.title.toLowerCase()).join(', '),
            '.',
          ]),
    );
    this.verdict.hidden = failed.length === 0;
    fill(this.diagram, drawDiagram(this.data, width));
    fill(
      this.claims,
      all.map((one, i) =>
        h(
          'li',
          { class: one.fails ? 'claim fails' : 'claim' },
          h('h3', null, `${i + 1} ${one.title}`),
          h('p', { class: 'value' }, one.value),
          h('p', { class: 'line' }, one.line),
          one.fails && one.rule && h('p', { class: 'rule' }, `Fails: ${one.rule}.`),
          h('div', { class: 'small-figure', 'aria-hidden': 'true' }),
        ),
      ),
    );
    [...this.claims.querySelectorAll('.small-figure')].forEach((place, i) => {
      place.append(all[i].figure(Math.min(196, place.clientWidth)));
    });
    const step = stepNote(this.data),
      words = [this.data.spread, step && `The circuit ${step}`].filter(Boolean);
    this.note.textContent = words.length > 0 ? `${words.join('. ')}.` : '';
    this.note.hidden = words.length === 0;
  }

  csv() {
    return [
      ['claim', 'value', 'holds'],
      ...this.#all().map(one => [one.title, one.value, one.fails ? 'no' : 'yes']),
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
      paper.text(i * step, 244, one.value, {
        'font-size': 18,
        fill: paper.paint(one.fails ? 'warn' : 'ink'),
      });
      put(one.figure(180, 'light'), i * step, 270);
    });
    return paper.element;
  }
}

register('vt-induction-circuit', InductionCircuit);

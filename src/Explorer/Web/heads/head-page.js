// vt-head: everything that is known of one head.

import { register } from '../page/components.js';
import { report } from '../page/data.js';
import { fill, h } from '../page/dom.js';
import { addTools } from '../page/export.js';
import { Figure, stepNote } from '../figures/figure.js';
import { headAside, headDetails } from './head-details.js';
import { drawStrips } from './head-strips.js';
import { headLink, headName } from './heads.js';
import {
  namesOf,
  rowOf,
  scoreLabel,
  scoreNames,
  scoreOfKind,
  scoreSentence,
} from './heads-data.js';
import { score, signed } from '../page/numbers.js';
import { thumbnail, unpack } from '../figures/patterns.js';

const PICTURE = 208;

/** `data`: the record of vt-heads with `head`, the name of the one that is shown. */
export class HeadPage extends Figure {
  aside = h('div.head-aside');

  build() {
    this.crumbs = h('div.crumbs');
    this.heading = h('h1');
    this.lead = h('p.lead');
    this.plot = h('div.strips');
    this.pattern = h('h3');
    this.picture = h('div');
    this.repeats = h('div.repeats', this.pattern, h('p.note', 'query × key'), this.picture);
    this.finding = h('p.finding');
    this.caption = h('p.caption');
    this.later = h('p.aside');
    this.section = h(
      'section',
      h('div.section-head', h('h2', 'What kind of head is it?'), h('div.tools')),
      this.finding,
      h('div.figure-box', h('div.kind-pair', this.plot, this.repeats)),
      this.caption,
    );
    this.details = h('div');
    addTools(this.section, this, report().run);
    return [this.crumbs, this.heading, this.lead, this.section, this.later, this.details];
  }

  walk(by) {
    const next = this.#beside(by);
    if (next) location.hash = `#/heads/${next}`;
  }

  /** The name of the head so many places further, if there is one. */
  #beside(by) {
    const names = namesOf(this.data);
    return names[names.indexOf(this.data.head) + by];
  }

  prepare() {
    const { head, details, patternTitle } = this.data,
      beside = (name, label) => name && headLink(name, label),
      [before, after] = [this.#beside(-1), this.#beside(1)];
    this.section.dataset.key = `head-${head}`;
    fill(
      this.crumbs,
      h(
        'span',
        h('a', { href: '#/heads' }, 'Heads'),
        ` › ${report().run.name} › layer ${head.split('.')[0]}`,
      ),
      h('span', beside(before, `‹ ${before}`), ' ', beside(after, `${after} ›`)),
    );
    this.repeats.hidden = !this.data.patterns;
    fill(this.pattern, patternTitle ?? 'Random repeats');
    fill(this.details, headDetails(details?.[head] ?? {}, head));
  }

  render() {
    const { head, patterns, baselines, rows } = this.data,
      row = rowOf(this.data, head),
      names = scoreNames(this.data);
    fill(this.heading, `Head ${head}: ${row.kinds.join(', ') || 'not classified'}`);
    this.#say(row, names);
    fill(this.plot, drawStrips(this.data, head, this.plot.clientWidth));
    fill(
      this.caption,
      `One tick per head of the model, this one bold, with a line of ±1 standard deviation${baselines ? '; grey: 5–95% of heads with shuffled weights' : ''}. ` +
        `${rows.length > 1 ? `Rank among ${rows.length} at the right. ` : ''}${this.record.method ?? ''}` +
        `${names.includes('copying') ? ' * On its own scale.' : ''}`,
    );
    const drawn = patterns && unpack(patterns).has(head);
    fill(this.picture, drawn && thumbnail(patterns, head, PICTURE));
    const step = stepNote(this.data);
    this.later.hidden = !step || !this.data.details?.[head];
    this.later.textContent = `Scores and pattern ${step}; everything below is from the last checkpoint.`;
    fill(this.aside, headAside(this.data, head, names));
  }

  /** The sentences, from the numbers: what the kind's score is, its rank, what breaks without it. */
  #say(row, names) {
    const { rows, details } = this.data,
      { ablations = [] } = details?.[headName(row)] ?? {};
    const best = [...names].sort(
      (a, b) => (row.scores[a]?.rank ?? 1e9) - (row.scores[b]?.rank ?? 1e9),
    );
    const named = row.kinds.length > 0 ? scoreOfKind(row.kinds[0], names) : best[0],
      own = row.scores[named];
    const [before, after] = scoreSentence(named);
    const place =
      own?.rank === 1 && rows.length > 1
        ? `, the highest of all ${rows.length} heads`
        : own?.rank > 1
          ? `, rank ${own.rank} of ${rows.length}`
          : '';
    const first = new Map(ablations.toReversed().map(one => [one.set, one]));
    const lost = [...new Set(ablations.map(one => one.set))]
      .map(set => first.get(set))
      .map(
        one =>
          `on ${one.set} by ${signed(one.value)}${Number.isFinite(one.deviation) ? ` ± ${score(one.deviation)}` : ''} (${one.kind})`,
      );
    fill(
      this.lead,
      before,
      h('b', own ? score(own.value) : '–'),
      `${after}${place}. `,
      lost.length > 0 &&
        `Ablating it${stepNote(this.data) ? ' at the last checkpoint' : ''} changes the loss ` +
          `${lost.slice(0, 2).join(', ')}.`,
    );
    const repeated = ablations.find(one => one.kind === 'mean' && /repeats/.test(one.set)),
      unproved =
        row.kinds.includes('induction') &&
        repeated &&
        !(repeated.value > (repeated.deviation ?? 0)) &&
        ' Its ablation does not confirm it: the loss on random repeats does not rise.';
    const told = row.kinds.map(kind => scoreOfKind(kind, names)),
      second = names.filter(name => !told.includes(name) && row.scores[name]?.value >= 0.3);
    const beside = name =>
      name === 'copying'
        ? `raises the tokens it attends to by ${score(row.scores[name].value)} logits`
        : `${scoreLabel(name)} ${score(row.scores[name].value)}`;
    const kinds = row.kinds.join(', ').replace(/^./, letter => letter.toUpperCase());
    fill(
      this.finding,
      row.kinds.length === 0
        ? `No kind fits: its best rank is ${own?.rank ?? '–'}, in ${scoreLabel(named)}.`
        : second.length === 0
          ? `${kinds}, and little else.`
          : `${kinds}; also ${second.map(beside).join(', ')}.`,
      unproved,
    );
  }

  csv() {
    const row = rowOf(this.data, this.data.head);
    return [
      ['head', 'score', 'value', 'deviation', 'rank'],
      ...Object.entries(row.scores).map(([name, one]) => [
        this.data.head,
        name,
        one.value,
        one.deviation,
        one.rank,
      ]),
    ];
  }

  svg() {
    return drawStrips(this.data, this.data.head, 720, 'light');
  }
}

register('vt-head', HeadPage);

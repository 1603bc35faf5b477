// The parts of a head's page that follow its scores: examples, what it writes, partners, ablations.

import { report } from '../page/data.js';
import { h, numberHead, table } from '../page/dom.js';
import { headLink, headName } from './heads.js';
import { scoreLabel } from './heads-data.js';
import { deviations, percent, score, signed } from '../page/numbers.js';
import { sequentialAt } from '../figures/colours.js';
import { shaderOf } from '../figures/patterns.js';
import { tokenSpan } from '../tokens/running-text.js';
import { lock } from '../page/store.js';
import { tokenLink } from '../tokens/tokens.js';

/**
 * Sections from `details`: {examples?: [{tokens, query, weights, next?, weight, effect?,
 * lossChange?, gap?}], writes?: [{source, raised: [id]}], selfOnTop?, partners?: [{head, kind, link, way,
 * z}], ablations?: [{set, kind, value, deviation?}], sampled?}.
 */
export function headDetails(details, name) {
  const { examples, writes, partners, ablations } = details;
  const blocks = [
    writes && writesBlock(details),
    partners && partnersBlock(partners),
    ablations && ablationsBlock(ablations),
  ].filter(Boolean);
  return [
    examples?.length > 0 && examplesSection(details),
    blocks.length > 0 && h('section.blocks', blocks),
    seeAlso(name),
  ].filter(Boolean);
}

function examplesSection({ examples, sampled }) {
  const shader = shaderOf(1, false);
  const cell = value => h('td.n', value === undefined ? '–' : signed(value));
  return h(
    'section',
    h('div.section-head', h('h2', 'What does it do in text?')),
    h('p.finding', textFinding(examples)),
    h(
      'div.wide',
      table(
        ['context', ...['weight', 'effect', 'Δ loss'].map(label => numberHead(label))],
        examples.map(one =>
          h(
            'tr',
            h('td.context', context(one, shader)),
            h('td.n', score(one.weight)),
            cell(one.effect),
            cell(one.lossChange),
          ),
        ),
        'table.examples',
      ),
    ),
    h(
      'p.caption',
      'Filled: query. Shade: attention weight. Blue rule: the actual next token. Effect, Δ loss: ' +
        'the logit of that token minus its logit with the head’s output replaced by its mean, and ' +
        'the resulting rise in its loss. ',
      sampled ?? '',
    ),
  );
}

/** What the places say together. */
function textFinding(examples) {
  const measured = examples.filter(one => Number.isFinite(one.effect));
  if (measured.length === 0) return `${examples.length} places from the whole range of its score.`;
  const raised = measured.filter(one => one.effect > 0).length,
    change = measured.reduce((sum, one) => sum + one.lossChange, 0) / measured.length;
  return (
    `At ${raised} of ${measured.length} places it raises the next token; without it, the loss ` +
    `there changes by ${signed(change)} nats on average.`
  );
}

function context({ tokens, query, weights, next, gap }, shader) {
  const spans = tokens.map((id, at) => {
    const span = tokenSpan(id, at),
      level = shader.level(weights[at] ?? 0);
    if (at === query) span.classList.add('centre', 'pinned');
    else if (level > 40) {
      span.style.backgroundColor = shader.css[level];
      span.style.color = shader.ink(level);
    }
    return span;
  });
  if (gap !== undefined) spans.splice(gap, 0, h('span.muted', ' … '));
  if (next !== undefined && next !== null) {
    const truth = tokenSpan(next, tokens.length);
    truth.classList.add('truth');
    spans.push(truth);
  }
  return h('div.passage-text', spans);
}

function block(title, note, content) {
  return h('div.block', h('h3', title), h('p.note', note), content);
}

function writesBlock({ writes, selfOnTop }) {
  const row = (name, value, look) => h('tr', h('td', look, name), h('td.n', value));
  return block(
    'Writes',
    'attended token → most raised, OV circuit',
    table(null, [
      ...writes.map(({ source, raised }) =>
        row(
          [tokenLink(source), ' →'],
          raised.map(id => [tokenLink(id), ' ']),
        ),
      ),
      selfOnTop !== undefined &&
        row('itself on top', `${percent(selfOnTop, 0)} of tokens`, { class: 'muted' }),
    ]),
  );
}

function partnersBlock(partners) {
  const row = ({ head, kind, link, way, z }) =>
    h(
      'tr',
      h('td', headLink(head)),
      h('td.muted', kind ?? ''),
      h('td', { class: `n link-${link}` }, way === 'from' ? `→ ${link}` : `${link} →`),
      h('td.n', deviations(z)),
    );
  return block(
    'Is read by, reads from',
    'composition, z over random matrices',
    partners.length > 0
      ? table(null, partners.map(row))
      : h('p.aside', 'None of its links stands out from random matrices.'),
  );
}

function ablationsBlock(ablations) {
  const sets = [...new Set(ablations.map(one => one.set))];
  const ends = ablations.flatMap(({ value, deviation = 0 }) => [
      value - deviation,
      value + deviation,
    ]),
    low = Math.min(0, ...ends),
    span = Math.max(0, ...ends) - low || 1;
  const between = (from, to) => ({
    left: `${((100 * (Math.min(from, to) - low)) / span).toFixed(1)}%`,
    width: `${((100 * Math.abs(to - from)) / span).toFixed(1)}%`,
  });
  return block(
    'Loss without it',
    'change in loss, nats; lines ±1 s.d.',
    sets.map(set =>
      h(
        'div.ablations',
        h('b', set),
        ablations
          .filter(one => one.set === set)
          .map(({ kind, value, deviation }) =>
            h(
              'div.ablation',
              h('span.muted', kind),
              h(
                'div.track',
                h('i', { class: value > 0 && 'lowers', style: between(0, value) }),
                Number.isFinite(deviation) &&
                  h('s', { style: between(value - deviation, value + deviation) }),
                h('b.zero', { style: { left: between(low, 0).width } }),
              ),
              h('span.n', signed(value)),
            ),
          ),
      ),
    ),
  );
}

/** Links to the sections where the head can be watched at work. */
function seeAlso(name) {
  const shows = [
    'vt-attention',
    'vt-attribution',
    'vt-composition',
    'vt-patching',
    'vt-path-patching',
    'vt-circuit-token',
    'vt-eigenvalues',
    'vt-position',
  ];
  const links = report().sections.filter(one => shows.includes(one.component));
  if (links.length === 0) return null;
  return h(
    'p.see-also',
    'Show it in: ',
    links.map(({ key }) => [
      h(
        'a',
        { href: `#/${report().kind}/${key}?head=${name}`, onclick: () => lock({ head: name }) },
        document.querySelector(`section[data-key="${key}"]`).dataset.name,
      ),
      ' ',
    ]),
  );
}

/** The map of all heads by their leading score, layers upward. */
export function headAside({ rows }, name, scores) {
  const [leading] = scores,
    layers = Math.max(...rows.map(row => row.layer)) + 1,
    heads = Math.max(...rows.map(row => row.head)) + 1;
  const most = Math.max(...rows.map(row => row.scores[leading]?.value ?? 0), 1e-9);
  return h(
    'div',
    h('p.note', `All heads, by ${scoreLabel(leading)}`),
    h(
      'div.score-map',
      { style: { '--heads': heads } },
      Array.from({ length: layers }, (_, i) => layers - 1 - i).flatMap(layer => [
        h('span.layer', layer),
        ...Array.from({ length: heads }, (_, head) => {
          const row = rows.find(one => one.layer === layer && one.head === head);
          if (!row) return h('span');
          const own = headName(row);
          return h('a', {
            class: `head cell${own === name ? ' here' : ''}`,
            'data-head': own,
            href: `#/heads/${own}`,
            'aria-label': `Head ${own}, ${score(row.scores[leading]?.value)}`,
            title: own,
            style: { background: sequentialAt((row.scores[leading]?.value ?? 0) / most) },
          });
        }),
      ]),
    ),
    h('p.note', 'layer ↑ head →'),
  );
}

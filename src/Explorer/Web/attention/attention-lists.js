// What stands below a passage: the tokens that the shown one looks at most, and what the model
// predicts there.

import { MEASURES } from './attention-view.js';
import { fill, h, table } from '../page/dom.js';
import { largest, probability, score, signed } from '../page/numbers.js';
import { placeOf } from '../figures/patterns.js';
import { chip, tokenLink } from '../tokens/tokens.js';
import { display } from '../tokens/vocabulary.js';

const LISTED = 5;

/** The value between the shown token and each other: `value(at)`, NaN where the mask hides it. */
export function rowOf(view) {
  const { values, query, key, byKey } = view;
  if (byKey) return at => (at >= key ? values[placeOf(at, key)] : NaN);
  return at => (at <= query ? values[placeOf(query, at)] : NaN);
}

/** The positions with the largest values of the shown row or column, largest first. */
export function largestOf(view, wanted) {
  return largest(view.count, wanted, rowOf(view));
}

/** Draws the lists of a view into `element` and returns what is spoken. */
export function drawLists(element, view) {
  const { query, key, byKey, count, measure, tokens, head } = view,
    value = rowOf(view),
    best = largestOf(view, LISTED),
    centre = byKey ? key : query;
  const seen = byKey ? count - key : query + 1,
    rest = seen - best.length;
  let others = 0;
  if (!byKey && measure === 'weight') {
    for (let at = 0; at <= query; at++) others += value(at);
    for (const at of best) others -= value(at);
  }
  const unit = measure === 'weight' ? '' : MEASURES[measure].label;
  const verb = byKey ? 'is attended to by' : 'attends to';
  const row = at =>
    h(
      'tr',
      { 'data-row': at },
      h('td.token', tokenLink(tokens[at])),
      h('td.n.at', at),
      h('td.n', score(value(at))),
    );
  const alone = !byKey && query === 0 ? h('p.aside', 'The first token can only attend to itself.') : null;
  const left = h(
    'div',
    h(
      'div.list-head',
      h('span.centre-chip', chip(tokens[centre])),
      ` ${verb} `,
      h('span.unit', unit),
    ),
    table(null, [
      ...best.map(row),
      rest > 0 &&
        h(
          'tr.rest',
          h('td', { colspan: 2 }, `${rest} other${rest > 1 ? 's' : ''}`),
          h('td.n', !byKey && measure === 'weight' ? score(others) : ''),
        ),
    ]),
    alone,
  );
  fill(element, left, byKey ? null : predictions(view));
  return best.length
    ? `Head ${head}: ${display(tokens[centre])}, position ${centre}, ${verb} ` +
        best.map(at => `${display(tokens[at])} ${score(value(at))}`).join(', ')
    : '';
}

function predictions({ passage, query }) {
  const found = passage.predictions?.find(one => one.position === query);
  if (!found) return null;
  return h(
    'div',
    h('div.list-head.split', h('span', 'and predicts'), h('span', 'logit'), h('span', 'p')),
    table(
      null,
      found.top
        .slice(0, LISTED)
        .map(one =>
          h(
            'tr',
            h('td.token', tokenLink(one.id)),
            h('td.n.at', signed(one.logit)),
            h('td.n', probability(one.probability)),
          ),
        ),
    ),
  );
}

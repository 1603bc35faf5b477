// What vt-path-patching says beside its map: one path in numbers, and the strongest as a list.

import { h, rowClick, table } from '../page/dom.js';
import { headLink, headOf } from '../heads/heads.js';
import { score, signed } from '../page/numbers.js';

/** What reads, in words, by input. */
const INPUTS = { q: 'queries', k: 'keys', v: 'values' };

function end(name) {
  return headOf(name) ? headLink(name) : name;
}

/** The two lines of the read-out for a path. */
export function pathWords(data, { sender, receiver, input, value, approx }) {
  const { valueClean, valueCorrupt, metric, approximate } = data;
  const into = input === 'logits' ? 'the logits' : [`the ${INPUTS[input]} of `, end(receiver)];
  if (value === null)
    return [
      h('div', end(sender), ' → ', into),
      h('div.mini-head', 'no path: it does not come before'),
    ];
  const corrupted = valueClean - value * (valueClean - valueCorrupt);
  return [
    h('div', end(sender), ' → ', into, ` carries ${score(value)}`),
    h(
      'div.mini-head',
      approximate
        ? 'by gradient; nothing was patched'
        : `${metric} ${signed(corrupted)} with this path corrupted, ${signed(valueClean)} without` +
            (approx === null ? '' : `; gradient says ${score(approx)}`),
    ),
  ];
}

/** The strongest paths; a click on a row calls `choose(path)`. */
export function pathList(paths, chosen, choose) {
  const compared = paths.some(path => path.approx !== null);
  return [
    h('h3', 'Strongest paths'),
    h('p.note', 'share of the clean run’s effect'),
    table(
      null,
      paths.map(path =>
        h(
          'tr',
          { class: path.name === chosen ? 'chosen' : null, onclick: rowClick(() => choose(path)) },
          h(
            'td',
            end(path.sender),
            ' → ',
            path.input === 'logits'
              ? 'logits'
              : [path.input.toUpperCase(), ' of ', end(path.receiver)],
          ),
          h('td.n', score(path.value)),
          compared && h('td.n.muted', score(path.approx ?? NaN)),
        ),
      ),
    ),
    compared && h('p.aside', 'Pale: the gradient’s estimate.'),
  ];
}

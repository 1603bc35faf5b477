// What vt-path-patching says beside its map: one path in numbers, and the strongest as a list.

import { h, table } from '../page/dom.js';
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
      h('div', null, end(sender), ' → ', into),
      h('div', { class: 'mini-head' }, 'no path: it does not come before'),
    ];
  const corrupted = valueClean - value * (valueClean - valueCorrupt);
  return [
    h('div', null, end(sender), ' → ', into, ` carries ${score(value)}`),
    h(
      'div',
      { class: 'mini-head' },
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
    h('h3', null, 'Strongest paths'),
    h('p', { class: 'note' }, 'share of the clean run’s effect'),
    table(
      null,
      null,
      paths.map(path =>
        h(
          'tr',
          {
            class: path.name === chosen ? 'chosen' : null,
            onclick: event => {
              if (!event.target.closest('a')) choose(path);
            },
          },
          h(
            'td',
            null,
            end(path.sender),
            ' → ',
            path.input === 'logits'
              ? 'logits'
              : [path.input.toUpperCase(), ' of ', end(path.receiver)],
          ),
          h('td', { class: 'n' }, score(path.value)),
          compared && h('td', { class: 'n muted' }, score(path.approx ?? NaN)),
        ),
      ),
    ),
    compared && h('p', { class: 'aside' }, 'Pale: what the gradient says.'),
  ];
}

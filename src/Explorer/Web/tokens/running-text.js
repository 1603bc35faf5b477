// A passage as running tokens: the space is a gap, pieces of one word abut, line breaks are shown.

import { h } from '../page/dom.js';
import { display, isSpecial, text, units } from './vocabulary.js';

const CELLS = 24,
  NUMBERED = /^#\d+$/;

/**
 * Spans for the tokens, `{root, spans}`; each span has `dataset.at`, and the first is a tab stop.
 * Only backgrounds, colours and classes of the spans change later.
 */
export function runningText(ids) {
  const spans = ids.map((id, at) => tokenSpan(id, at));
  const root = h('div.passage-text');
  spans.forEach((span, at) => {
    span.tabIndex = at === 0 ? 0 : -1;
    root.append(span);
    if (breaks(ids[at])) root.append(h('br'));
  });
  return { root, spans };
}

function breaks(id) {
  return !isSpecial(id) && units(id).some(unit => unit.kind === 'mark' && unit.text === '⏎');
}

/** One token of running text. */
export function tokenSpan(id, at) {
  let shown = units(id);
  const gap = shown[0]?.kind === 'mark' && shown[0].text === '·';
  const spaced = !isSpecial(id) && (gap || NUMBERED.test(text(id) ?? ''));
  if (gap && !isSpecial(id) && shown.length > 1) shown = shown.slice(1);
  if (shown.length > CELLS)
    shown = [...shown.slice(0, 15), { kind: 'mark', text: '…' }, ...shown.slice(-8)];
  const kinds = ['tok', spaced && 'spaced', isSpecial(id) && 'special'].filter(Boolean).join(' ');
  const span = h('bdi', { class: kinds, 'data-at': at, 'aria-label': display(id) });
  let run = '';
  for (const unit of shown) {
    if (unit.kind === 'text') run += unit.text;
    else {
      if (run) span.append(run);
      run = '';
      span.append(h('span', { class: unit.kind }, unit.text));
    }
  }
  if (run) span.append(run);
  return span;
}

/** Moves the tab stop and the focus of a passage to one of its tokens. */
export function focusSpan(spans, to) {
  for (const span of spans) if (span.tabIndex === 0) span.tabIndex = -1;
  spans[to].tabIndex = 0;
  spans[to].focus();
}

/** A token's label for an axis, cut to `cells` characters. */
export function axisLabel(id, cells = 12) {
  const all = [...display(id)];
  return all.length > cells ? `${all.slice(0, cells - 1).join('')}…` : all.join('');
}

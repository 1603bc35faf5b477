// Two prompts that are compared, token by token, with what differs underlined.

import { h } from '../page/dom.js';
import { count, score, signed } from '../page/numbers.js';
import { tokenSpan } from './running-text.js';
import { tokenLink } from './tokens.js';
import { display, plainText } from './vocabulary.js';

/** The positions at which two prompts differ; beyond the shorter one, all. */
export function differences(one, other) {
  const found = new Set();
  for (let i = 0; i < Math.max(one.length, other.length); i++)
    if (one[i] !== other[i]) found.add(i);
  return found;
}

/** Tokens as running text that is only read; `markOf(position)` names a class, or nothing. */
export function passageText(tokens, markOf) {
  const line = h('p.passage-line');
  tokens.forEach((id, at) => {
    const span = tokenSpan(id, at),
      mark = markOf(at);
    if (mark) span.classList.add(mark);
    line.append(span);
  });
  return line;
}

/** The two lines, each with its answers and the metric at the right. */
export function promptLines({ clean, corrupt, answers, metric, valueClean, valueCorrupt }) {
  const differ = differences(clean, corrupt);
  const line = (name, tokens, value) =>
    h(
      'div.prompt',
      h('span.mini-head', name),
      passageText(tokens, i => differ.has(i) && 'differs'),
      h(
        'span.answers',
        (answers?.[name] ?? []).map(({ id, logit }) =>
          h('span', tokenLink(id), Number.isFinite(logit) && h('span.muted', ` ${score(logit)}`)),
        ),
        Number.isFinite(value) && h('span.muted', `${metric} `, h('strong', signed(value))),
      ),
    );
  return h('div.prompts', line('clean', clean, valueClean), line('corrupt', corrupt, valueCorrupt));
}

/** The same as text, for pictures that leave the page. */
export function promptWords({ clean, corrupt, answers, metric, valueClean, valueCorrupt }) {
  const line = (name, tokens, value) =>
      `${name}: “${plainText(tokens)}”, ${metric} ${signed(value)}`,
    compared = (answers?.clean ?? []).map(({ id }) => `“${display(id)}”`);
  return [
    clean.length > 0 && line('clean', clean, valueClean),
    corrupt.length > 0 && line('corrupt', corrupt, valueCorrupt),
    compared.length > 0 && `answer ${compared.join(' against ')}`,
  ].filter(Boolean);
}

/** Prompts of different length: both token by token, the first difference marked. */
export function unequalPrompts({ clean, corrupt }) {
  const first = Math.min(...differences(clean, corrupt));
  const row = (name, tokens) =>
    h(
      'div.prompt',
      h('span.mini-head', name),
      h(
        'p.token-row',
        tokens.map((id, i) =>
          h(
            'span',
            { class: i === first ? 'first-difference' : null },
            tokenLink(id),
            h('span.position', i),
          ),
        ),
      ),
    );
  return h(
    'div.wrong',
    h('strong', 'Not drawn. '),
    `The prompts have ${count(clean.length)} and ${count(corrupt.length)} tokens, and a map by ` +
      `position needs the same number in both; the first difference is at position ${first}. ` +
      'Choose words with the same number of tokens.',
    row('clean', clean),
    row('corrupt', corrupt),
  );
}

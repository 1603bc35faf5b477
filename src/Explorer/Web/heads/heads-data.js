// The record of all heads: rows, names of scores, kinds.

import { headName, headOf } from './heads.js';

const LABELS = {
  prefixMatching: 'prefix matching',
  copying: 'copying, logits',
  previousToken: 'previous token',
  duplicateToken: 'duplicate token',
  induction: 'induction, all earlier',
  firstToken: 'first token',
  currentToken: 'current token',
};

const SENTENCES = {
  prefixMatching: [
    'On repeated random tokens it gives ',
    ' of its attention to the token that followed last time',
  ],
  previousToken: ['It gives ', ' of its attention to the previous token'],
  duplicateToken: ['It gives ', ' of its attention to earlier copies of the same token'],
  induction: ['It gives ', ' of its attention to tokens that followed earlier copies of this one'],
  firstToken: ['It gives ', ' of its attention to the first token'],
  currentToken: ['It gives ', ' of its attention to the token itself'],
  copying: ['It raises the tokens it attends to by a copying score of ', ''],
};

/** What a score is called. */
export function scoreLabel(name) {
  return LABELS[name] ?? name;
}

/** How a score is said of a head: the words before and after the number. */
export function scoreSentence(name) {
  return SENTENCES[name] ?? [`Its ${scoreLabel(name)} is `, ''];
}

/** The names of the scores that rows have, in order. */
export function scoreNames({ rows }) {
  const names = new Set(rows.flatMap(row => Object.keys(row.scores)));
  return [
    ...Object.keys(LABELS).filter(name => names.has(name)),
    ...[...names].filter(name => !(name in LABELS)),
  ];
}

/** The row of a head, or undefined. */
export function rowOf({ rows }, name) {
  const wanted = headOf(name);
  return wanted && rows.find(row => row.layer === wanted.layer && row.head === wanted.head);
}

/** The names of all heads in order. */
export function namesOf({ rows }) {
  return rows.map(headName);
}

/** Kinds with the number of heads that are of it, the commonest last: [[kind, count]]. */
export function kindCounts({ rows }) {
  const counts = new Map();
  for (const { kinds } of rows)
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort((a, b) => a[1] - b[1]);
}

/** Which score decides on a kind, for the sentence about a head. */
export function scoreOfKind(kind, names) {
  const own =
    kind === 'induction'
      ? 'prefixMatching'
      : Object.keys(LABELS).find(name => LABELS[name] === kind);
  return names.includes(own) ? own : names[0];
}

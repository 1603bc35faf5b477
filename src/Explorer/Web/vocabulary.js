// What every id is: its text or bytes, class, count, rank. Tokens are ids everywhere else.

import { array, json } from './data.js';

export const CLASS_NAMES = [
  'word', 'capitalised word', 'piece of a word', 'number', 'punctuation', 'space or control', 'partial UTF-8',
];

let special, total, ranks;

/** The text of a token, or null where its bytes are no whole characters. */
export function text(id) {
  return json('vt-vocabulary').text[id];
}

/** The bytes of a token that has no text, as `E2 80`. */
export function bytes(id) {
  return json('vt-vocabulary').bytes[id];
}

export function isSpecial(id) {
  special ??= new Set(json('vt-vocabulary').special);
  return special.has(id);
}

export function vocabularySize() {
  return json('vt-vocabulary').text.length;
}

/** Occurrences in the training text. */
export function corpusCount(id) {
  return array('count')[id];
}

/** Occurrences of all tokens together. */
export function corpusTotal() {
  return total ??= array('count').reduce((sum, one) => sum + one, 0);
}

/** 1 for the commonest token; tokens of one count share the better rank. */
export function rank(id) {
  if (!ranks) {
    const counts = array('count');
    const order = Uint32Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a]);
    ranks = new Uint32Array(counts.length);
    order.forEach((token, i) => {
      ranks[token] = i > 0 && counts[order[i - 1]] === counts[token] ? ranks[order[i - 1]] : i + 1;
    });
  }
  return ranks[id];
}

export function classOf(id) {
  return array('class')[id];
}

/** The units of a token as shown: `{kind: 'text' | 'mark' | 'box', text}`, one per cell. */
export function units(id) {
  if (isSpecial(id)) return [...(text(id) ?? '').replace(/^<\||\|>$/g, '')].map(c => ({ kind: 'text', text: c }));
  return text(id) === null ? [{ kind: 'box', text: bytes(id) }] : unitsOf(text(id));
}

const BOXED = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Co}\p{Cn}\p{Cs}]$/u;
const COMBINING = /^\p{M}$/u;
const MARKS = { '\n': '⏎', '\t': '⇥', '\r': '␍', ' ': '·' };

function unitsOf(value) {
  const found = [];
  const spaces = /^ */.exec(value)[0].length;
  if (spaces > 0) found.push({ kind: 'mark', text: spaces === 1 ? '·' : `·×${spaces}` });
  for (const character of value.slice(spaces)) {
    const point = character.codePointAt(0);
    if (MARKS[character]) found.push({ kind: 'mark', text: MARKS[character] });
    else if (BOXED.test(character)) found.push({ kind: 'box', text: codePoint(point) });
    else if (COMBINING.test(character) && found.at(-1)?.kind !== 'text') found.push({ kind: 'text', text: `◌${character}` });
    else found.push({ kind: 'text', text: character });
  }
  return found;
}

function codePoint(point) {
  const digits = point.toString(16).toUpperCase();
  return point < 0x100 ? digits.padStart(2, '0') : `U+${digits.padStart(4, '0')}`;
}

/** One line of plain text for labels, read-outs and exports: `·Congress`, `⏎`, `E2 80`. */
export function display(id) {
  return units(id).map(unit => unit.text).join('');
}

/** The bytes of any token as a JSON-like escape, for CSV: `\x20Congress`. */
export function escapedBytes(id) {
  if (text(id) === null) return bytes(id).split(' ').map(b => `\\x${b}`).join('');
  return [...new TextEncoder().encode(text(id))]
    .map(b => (b > 32 && b < 127 && b !== 92 ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0').toUpperCase()}`)).join('');
}

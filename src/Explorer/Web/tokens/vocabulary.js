// What every id is: its text or bytes, class, count, rank. Tokens are ids everywhere else.

import { array, json, report } from '../page/data.js';

export const CLASS_NAMES = [
  'word',
  'capitalised word',
  'piece of a word',
  'number',
  'punctuation',
  'space or control',
  'partial UTF-8',
];

let special;

/** The text of a token, or null where its bytes are no whole characters. */
export function text(id) {
  return json('vt-vocabulary').text[id];
}

/** The bytes of a token that has no text, as `E2 80`. */
function bytes(id) {
  return json('vt-vocabulary').bytes[id];
}

/** The bytes of a token, one character of code 0…255 each. */
export function binary(id) {
  const value = text(id);
  if (value === null)
    return String.fromCharCode(
      ...bytes(id)
        .split(' ')
        .map(b => parseInt(b, 16)),
    );
  return binaryOf(value);
}

/** The UTF-8 bytes of any text, one character of code 0…255 each. */
export function binaryOf(value) {
  return /^[\x00-\x7f]*$/.test(value)
    ? value
    : String.fromCharCode(...new TextEncoder().encode(value));
}

export function isSpecial(id) {
  special ??= new Set(json('vt-vocabulary').special);
  return special.has(id);
}

export function vocabularySize() {
  return json('vt-vocabulary').text.length;
}

/** Whether the page knows how often tokens occur in the training text. */
export function countsKnown() {
  return 'count' in report().arrays;
}

/** Occurrences in the training text; 0 where they are not known. */
export function corpusCount(id) {
  return countsKnown() ? array('count')[id] : 0;
}

/** 1 for the commonest token; tokens of one count share the better rank. */
export function rank(id) {
  const counts = array('count'),
    own = counts[id];
  let better = 0;
  for (const one of counts) if (one > own) better++;
  return better + 1;
}

export function classOf(id) {
  return array('class')[id];
}

/** The units of a token as shown: `{kind: 'text' | 'mark' | 'box', text}`, one per cell. */
export function units(id) {
  if (isSpecial(id))
    return [...(text(id) ?? '').replace(/^<\||\|>$/g, '')].map(c => ({ kind: 'text', text: c }));
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
    else if (COMBINING.test(character) && found.at(-1)?.kind !== 'text')
      found.push({ kind: 'text', text: `◌${character}` });
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
  return units(id)
    .map(unit => unit.text)
    .join('');
}

/** Tokens as running text, for pictures that leave the page. */
export function plainText(ids) {
  return ids.map(display).join('').replaceAll('·', ' ').trim();
}

/**
 * The bytes of any token for CSV, escaped where they do not print, `\\x20Congress`, or begin what a
 * spreadsheet takes for a formula, `\\x3D`.
 */
export function escapedBytes(id) {
  return binary(id).replace(
    /^[=+\-@]|[^!-[\]-~]/g,
    c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}

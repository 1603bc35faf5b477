// The strip plot of a head: one tick per head of the model, this one bold, chance in grey.

import { headName } from './heads.js';
import { scoreLabel, scoreNames, scoreOfKind } from './heads-data.js';
import { score } from '../page/numbers.js';
import { sheet } from '../figures/sheet.js';

const ROW = 34,
  TOP = 8,
  LOGITS = 'copying';

function stripLabel(name, narrow) {
  if (name === LOGITS) return 'copying, logits*';
  return narrow ? scoreLabel(name).replace(', all earlier', ', all') : scoreLabel(name);
}

/** The plot as an `<svg>`; `record`: {rows, baselines?: {score: {low, high}}}. */
export function drawStrips(record, name, width, mode) {
  const names = scoreNames(record),
    narrow = width < 520,
    left = narrow ? 116 : 152,
    right = width - (narrow ? 88 : 104),
    bottom = TOP + names.length * ROW;
  const page = sheet(width, bottom + 26, mode);
  const valuesOf = one => record.rows.map(row => row.scores[one]?.value).filter(Number.isFinite),
    all = names.filter(one => one !== LOGITS).flatMap(valuesOf);
  const low = Math.min(0, ...all),
    high = Math.max(1, ...all),
    x = value => left + ((value - low) / (high - low)) * (right - left);
  // Logits have a scale of their own: the largest stands where the axis ends.
  const most = Math.max(1e-9, ...(names.includes(LOGITS) ? valuesOf(LOGITS).map(Math.abs) : [])),
    ofLogits = value => Math.max(left, Math.min(right, x((value * high) / most)));
  page.gridAlong(low, high, narrow ? 2 : 4, x, TOP, bottom);
  page.textEnd(width - (narrow ? 36 : 50), bottom + 16, 'score');
  if (record.rows.length > 1) page.textEnd(width, bottom + 16, 'rank');
  names.forEach((one, i) =>
    drawStrip(page, record, name, one, TOP + (i + 0.5) * ROW, {
      x: one === LOGITS ? ofLogits : x,
      left,
      width,
      narrow,
    }),
  );
  return page.element;
}

function drawStrip(page, record, name, scoreName, y, { x, left, width, narrow }) {
  const own = record.rows.find(row => headName(row) === name).scores[scoreName],
    band = record.baselines?.[scoreName];
  const { kinds } = record.rows.find(row => headName(row) === name),
    deciding = kinds.map(kind => scoreOfKind(kind, scoreNames(record))),
    first =
      deciding.includes(scoreName) ||
      (own?.rank === 1 && own.value >= 0.3 && record.rows.length > 1);
  page.textEnd(left - 10, y + 4, stripLabel(scoreName, narrow), {
    fill: first ? 'ink' : 'ink2',
    'font-weight': first ? 600 : null,
    'font-size': narrow ? 11 : 12,
  });
  if (band)
    page.rect(x(band.low), y - 8, Math.max(2, x(band.high) - x(band.low)), 16, { fill: 'band' });
  for (const row of record.rows) {
    const value = row.scores[scoreName]?.value;
    if (headName(row) !== name && Number.isFinite(value))
      page.line(x(value), y - 6, x(value), y + 6, { stroke: 'ink2', 'stroke-opacity': 0.55 });
  }
  if (!own) {
    page.textEnd(width, y + 4, '–');
    return;
  }
  if (Number.isFinite(own.deviation))
    page.line(Math.max(left, x(own.value - own.deviation)), y, x(own.value + own.deviation), y, {
      stroke: 'ink',
    });
  page.rect(x(own.value) - 1.5, y - 9, 3, 18, { fill: 'ink' });
  page.textEnd(width - (narrow ? 36 : 50), y + 4, score(own.value), {
    fill: 'ink',
    'font-weight': first ? 600 : null,
  });
  if (record.rows.length > 1) page.textEnd(width, y + 4, own.rank ? `${own.rank}.` : '–');
}

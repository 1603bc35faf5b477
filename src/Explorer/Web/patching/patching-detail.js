// The side of vt-patching: what one cell says, in numbers.

import { h, numberHead, table } from '../page/dom.js';
import { probability, score, signed } from '../page/numbers.js';
import { headLink } from '../heads/heads.js';
import { tokenLink } from '../tokens/tokens.js';
import { display } from '../tokens/vocabulary.js';

/**
 * `cell`: {map, layer, column}; `record`: {tokens, valueClean, valueCorrupt, metric, site,
 * values, approx (or null), detail (or undefined), skipped}.
 */
export function cellDetail(cell, record) {
  const { site, value, approx, detail, skipped, valueClean, valueCorrupt, metric } = record;
  const name = site.rows?.[cell.layer],
    ofHead = cell.map === 'heads' || site.axis === 'head';
  const title = ofHead
    ? ['Head ', headLink(`${cell.layer}.${cell.column}`), ', all positions']
    : [
        name ? ['Head ', headLink(name)] : `Layer ${cell.layer}`,
        `, position ${cell.column} `,
        tokenLink(record.tokens[cell.column]),
      ];
  const layer = name?.split('.')[0] ?? cell.layer,
    hook = (cell.map === 'heads' ? site.heads.hook : site.hook)?.replace('{layer}', layer);
  const patched = valueCorrupt + value * (valueClean - valueCorrupt);
  const row = (label, shown, strong) =>
    h('div', h('dt', label), h('dd', { class: strong ? 'strong' : null }, shown));
  return [
    h('h3', title),
    hook && h('p.hook', h('code', hook)),
    skipped
      ? h('p.aside', 'Equal in both runs by causality, so it was skipped.')
      : h(
          'dl.numbers',
          row('restored', score(value), true),
          row(`${metric}, clean`, signed(valueClean)),
          row('corrupt', signed(valueCorrupt)),
          row('patched', Number.isFinite(value) ? signed(patched) : '–'),
          approx !== null && row('gradient says', score(approx)),
        ),
    detail?.top && nextTokens(detail.top),
  ];
}

function nextTokens(top) {
  return [
    h('div.mini-head', 'Next token, probability'),
    table(
      [
        h('th', { scope: 'col' }, h('span.spoken', 'token')),
        ...['clean', 'corrupt', 'patched'].map(name => numberHead(name)),
      ],
      top.map(({ id, clean, corrupt, patched }) =>
        h(
          'tr',
          h('td', tokenLink(id)),
          [clean, corrupt, patched].map(one => h('td.n', shortProbability(one))),
        ),
      ),
    ),
  ];
}

function shortProbability(value) {
  if (!Number.isFinite(value)) return '–';
  return value > 0 && value < 0.01 ? '<0.01' : probability(value);
}

/** Every cell of every site, one a row, the first row of names. */
export function patchingRows(sites, tokens) {
  const rows = [
    ['site', 'map', 'layer', 'position or head', 'token', 'restored', 'gradient', 'skipped'],
  ];
  const add = (site, map, part, tokenOf) =>
    part?.values.forEach((line, layer) =>
      line.forEach((value, column) =>
        rows.push([
          site.site,
          map,
          part.rows?.[layer] ?? layer,
          column,
          tokenOf(column),
          value,
          part.approx?.values[layer][column],
          part.skipped?.[layer]?.[column] ? 1 : 0,
        ]),
      ),
    );
  for (const site of sites) {
    if (site.axis === 'head') add(site, 'head', site, () => '');
    else add(site, 'position', site, pos => display(tokens[pos]));
    add(site, 'head', site.heads, () => '');
  }
  return rows;
}

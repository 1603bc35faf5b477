// vt-attribution: which parts write the answer?

import { drawColumns } from './attribution-drawing.js';
import { register } from '../page/components.js';
import { allOf, fill, h } from '../page/dom.js';
import { Figure } from '../figures/figure.js';
import { headName, headOf } from '../heads/heads.js';
import { probability, signed, sum } from '../page/numbers.js';
import { axisLabel, tokenSpan } from '../tokens/running-text.js';
import { declare, lock, pointAt, previewHead, selection } from '../page/store.js';
import { tokenLink } from '../tokens/tokens.js';
import { display, escapedBytes, plainText } from '../tokens/vocabulary.js';

const LISTED = 18,
  TOLERANCE = 1e-3,
  LABEL = 14;

declare({
  layer: { read: text => (/^\d{1,3}$/.test(text) ? Number(text) : undefined), lock: true },
});

/**
 * `data`: {tokens, position, target, versus?, total, embed, positions?, bias, attn: [layer],
 * mlp: [layer], heads: [layer][head], sources: {"1.2": [position]}, residual, norm, probability,
 * versusProbability?}.
 */
class Attribution extends Figure {
  get watched() {
    return ['layer', 'head', 'headPreview', 'overLayer'];
  }

  empty({ heads }) {
    return heads.length > 0 ? null : 'A model without layers has one path: the direct one.';
  }

  build() {
    this.question = h('div.question');
    this.columns = h('div.columns', { role: 'listbox', 'aria-label': 'Parts' });
    this.sum = h('p.sum-line');
    this.#watch();
    return [this.question, this.columns, this.sum];
  }

  prepare() {
    const { tokens, target, versus, total, probability: share, versusProbability } = this.data;
    const answer = (id, p) => [
      tokenLink(id),
      p !== undefined && h('span.share', ` p ${probability(p)} `),
    ];
    fill(
      this.question,
      h('div.passage-text', tokens.map(tokenSpan)),
      h(
        'div.answers',
        answer(target, share),
        versus !== undefined && [' not ', answer(versus, versusProbability)],
        versus === undefined ? 'logit ' : 'difference ',
        h('b', signed(total)),
      ),
    );
    this.#sayTheSum();
  }

  /** {layer, head} that are shown: hovered, locked, or the largest. */
  #view() {
    const { attn, heads } = this.data,
      { layer, head, headPreview, overLayer } = selection(),
      largest = values =>
        values.reduce((best, v, i) => (Math.abs(v) > Math.abs(values[best]) ? i : best), 0);
    const known = name => {
      const found = headOf(name);
      return found && heads[found.layer]?.[found.head] !== undefined ? found : null;
    };
    const pointed = known(headPreview),
      locked = known(head);
    const chosen = locked?.layer ?? (heads[layer] ? layer : largest(attn));
    const shown = pointed?.layer ?? (heads[overLayer] ? overLayer : chosen);
    const inside = [pointed, locked].find(one => one?.layer === shown);
    return {
      layer: shown,
      head: inside?.head ?? largest(heads[shown]),
      overLayer,
      pointed,
    };
  }

  #columnsOf(view) {
    const { embed, positions, bias, attn, mlp, heads, sources, tokens, total, versus } = this.data,
      { layer, head } = view,
      name = headName({ layer, head });
    const parts = [
      { label: 'embedding', value: embed },
      positions !== undefined && { label: 'positions', value: positions },
      { label: 'biases', value: bias },
      ...attn.flatMap((value, l) => [
        {
          key: `layer ${l}`,
          label: `attention ${l}`,
          value,
          chosen: l === layer,
          over: l === view.overLayer,
        },
        mlp.length > 0 && { label: `MLP ${l}`, value: mlp[l] },
      ]),
    ].filter(Boolean);
    const inLayer = heads[layer].map((value, one) => ({
      key: `head ${headName({ layer, head: one })}`,
      head: headName({ layer, head: one }),
      label: headName({ layer, head: one }),
      mono: true,
      value,
      chosen: one === head,
      over: view.pointed?.layer === layer && view.pointed.head === one,
    }));
    const from = (sources[name] ?? []).map((value, position) => ({
      label: axisLabel(tokens[position], LABEL),
      mono: true,
      value,
      position,
    }));
    const columns = [
      { title: versus === undefined ? 'Logit' : 'Logit difference', total, rows: parts },
      { title: `Heads of layer ${layer}`, total: attn[layer], rows: shortened(inLayer) },
      {
        title: `Sources of head ${name}`,
        total: heads[layer][head],
        rows: shortened(from),
      },
    ].filter(({ rows }) => rows.length > 0);
    return heads.length === 1 && inLayer.length === 1 ? [columns[0], columns[2]] : columns;
  }

  render(width) {
    const held = this.columns.contains(document.activeElement);
    this.columns.replaceChildren(drawColumns(this.#columnsOf(this.#view()), width));
    const parts = this.columns.querySelectorAll('[data-part]');
    const focus = [...parts].find(part => part.dataset.part === this.focused) ?? parts[0];
    if (focus) focus.setAttribute('tabindex', 0);
    if (held) focus?.focus({ preventScroll: true });
  }

  #sayTheSum() {
    const { embed, positions, bias, attn, mlp, total, residual, versus } = this.data;
    const parts = [
      ['embedding', embed],
      positions !== undefined && ['positions', positions],
      ['biases', bias],
      ['attention', sum(attn)],
      mlp.length > 0 && ['MLP', sum(mlp)],
    ].filter(Boolean);
    const whole = sum(parts.map(([, value]) => value)),
      off = Math.abs(residual ?? whole - total),
      holds = off <= TOLERANCE * Math.max(1, Math.abs(total));
    const what = versus === undefined ? 'logit' : 'logit difference';
    fill(
      this.sum,
      h(
        'span.parts',
        parts.map(([name, value]) => [name, ' ', h('b', signed(value)), ' ']),
        '= ',
        h('b', signed(whole)),
      ),
      h(
        'span',
        { class: holds ? 'holds' : 'fails' },
        holds
          ? [`${what} `, h('b', signed(total)), ', residual ', probability(off)]
          : `${what} ${signed(total)}: ${signed(total - whole)} unexplained ` +
              `(${((100 * off) / Math.max(Math.abs(total), 1e-9)).toFixed(1)}%). ` +
              'The norm was not frozen, or a part is missing.',
      ),
    );
  }

  #watch() {
    const at = event => {
      const part = event.target instanceof Element ? event.target.closest('[data-part]') : null;
      return part?.dataset.part ?? null;
    };
    // Heads are pointed at and locked as everywhere on the page, by their `data-head`.
    const preview = key => {
      const [kind, name] = (key ?? '').split(' ');
      pointAt({ overLayer: kind === 'layer' ? Number(name) : null });
    };
    const choose = key => {
      const [kind, name] = key.split(' ');
      if (kind !== 'layer') return;
      preview(null);
      lock({ layer: selection().layer === Number(name) ? null : Number(name), head: null });
    };
    this.columns.addEventListener('pointerover', event => {
      if (event.pointerType !== 'touch') preview(at(event));
    });
    this.columns.addEventListener('pointerleave', () => preview(null));
    this.columns.addEventListener('click', event => {
      if (at(event)) choose(at(event));
    });
    // A click locks; focus, which previews, comes by keys.
    this.columns.addEventListener('mousedown', event => event.preventDefault());
    this.columns.addEventListener('focusin', event => {
      this.focused = at(event);
      preview(this.focused);
    });
    this.columns.addEventListener('focusout', event => {
      if (event.relatedTarget && !this.columns.contains(event.relatedTarget)) preview(null);
    });
    this.columns.addEventListener('keydown', event => {
      const key = this.focused ?? at(event);
      if (!key || event.ctrlKey || event.metaKey || event.altKey) return;
      const all = allOf(this.columns, '[data-part]').map(part => part.dataset.part),
        kind = key.split(' ')[0],
        own = all.filter(one => one.startsWith(kind)),
        row = own.indexOf(key);
      const to = {
        ArrowDown: own[Math.min(own.length - 1, row + 1)],
        ArrowUp: own[Math.max(0, row - 1)],
        ArrowRight: all.find(one => one.startsWith('head')),
        ArrowLeft: all.find(one => one.startsWith('layer')),
        Home: own[0],
        End: own.at(-1),
      }[event.key];
      if (event.key === 'Enter') choose(key);
      else if (to) {
        this.focused = to;
        preview(to);
        previewHead(to.startsWith('head') ? to.split(' ')[1] : null);
        this.draw();
      } else return;
      event.preventDefault();
    });
  }

  context() {
    const { tokens, target, versus } = this.data,
      other = versus === undefined ? '' : ` against “${display(versus)}”`;
    return [`after “${plainText(tokens)}”: “${display(target)}”${other}`];
  }

  csv() {
    const { embed, positions, bias, attn, mlp, heads, sources, tokens, total } = this.data;
    const row = (part, value, position = '') => [
      part,
      position,
      position === '' ? '' : display(tokens[position]),
      position === '' ? '' : escapedBytes(tokens[position]),
      value,
    ];
    return [
      ['part', 'position', 'token', 'bytes', 'logit'],
      row('embedding', embed),
      ...(positions === undefined ? [] : [row('positions', positions)]),
      row('biases', bias),
      ...attn.map((value, layer) => row(`attention ${layer}`, value)),
      ...mlp.map((value, layer) => row(`MLP ${layer}`, value)),
      ...heads.flatMap((own, layer) =>
        own.map((value, head) => row(`head ${headName({ layer, head })}`, value)),
      ),
      ...Object.entries(sources).flatMap(([name, values]) =>
        values.map((value, position) => row(`head ${name}`, value, position)),
      ),
      row('total', total),
    ];
  }

  svg() {
    return drawColumns(this.#columnsOf(this.#view()), 1008, 'light');
  }
}

/** The largest rows in their order, the others as one row, so that what is shown still sums. */
function shortened(rows) {
  if (rows.length <= LISTED) return rows;
  const kept = new Set(
    [...rows]
      .sort(
        (a, b) => Boolean(b.chosen) - Boolean(a.chosen) || Math.abs(b.value) - Math.abs(a.value),
      )
      .slice(0, LISTED - 1),
  );
  const others = rows.filter(row => !kept.has(row));
  return [
    ...rows.filter(row => kept.has(row)),
    {
      label: `${others.length} others`,
      value: sum(others.map(row => row.value)),
      rest: true,
    },
  ];
}

register('vt-attribution', Attribution);

// vt-head-grid: which head is worth opening?

import { headsOf, passageName, passageOf, shownHead, VIEW_KEYS } from './attention-view.js';
import { register } from '../page/components.js';
import { allOf, fill, h, segments } from '../page/dom.js';
import { sequentialAt } from '../figures/colours.js';
import { Figure } from '../figures/figure.js';
import { headLink, headOf } from '../heads/heads.js';
import { roving } from '../page/keyboard.js';
import { score } from '../page/numbers.js';
import { thumbnail } from '../figures/patterns.js';
import { adjust, declare, plainName, previewHead, selection } from '../page/store.js';
import { scheme } from '../page/theme.js';

const LARGE = 60,
  SMALL = 44,
  MANY = 64,
  FEW = 8;

/** The score that decides on a kind, where it has another name. */
const DECIDES = { induction: 'prefix matching' };

declare({ sort: { read: plainName } });

/**
 * `data`: that of vt-attention-text, with `scores?: {name: {head: value}}` and
 * `kinds?: {head: name}`.
 */
export class HeadGrid extends Figure {
  #refresh;

  get watched() {
    return [...VIEW_KEYS, 'sort'];
  }

  empty({ passages }) {
    return passages.length > 0 ? null : 'There is no head to show.';
  }

  build() {
    this.sorting = segments('Order', [], value =>
      adjust({ sort: value === 'layer' ? null : value }),
    );
    this.note = h('p.note');
    this.grid = h('div.grid', { role: 'group', 'aria-label': 'Heads' });
    this.grid.addEventListener('focusin', event => {
      const cell = event.target.closest('[data-cell]');
      if (cell) previewHead(cell.dataset.cell);
    });
    this.grid.addEventListener('focusout', () => previewHead(null));
    this.#refresh = roving(this.grid, () => this.#columns());
    return [
      h('div.controls.spread', h('div', h('h3', 'All heads'), this.note), this.sorting),
      this.grid,
    ];
  }

  prepare() {
    const names = Object.keys(this.data.scores ?? {});
    this.sorting.offer([['layer', 'by layer'], ...names]);
    this.sorting.hidden = names.length === 0;
    this.maps = null;
  }

  #columns() {
    const lines = this.classList.contains('few') ? [this.grid] : allOf(this.grid, '.row');
    const rows = lines.map(line => allOf(line, 'button'));
    const widest = Math.max(0, ...rows.map(row => row.length));
    return Array.from({ length: widest }, (_, column) =>
      rows.map(row => row[column]).filter(Boolean),
    );
  }

  render() {
    const passage = passageOf(this.data),
      names = headsOf(passage),
      { sort } = selection(),
      scores = this.data.scores?.[sort],
      mode = scheme();
    const key = [passage.name, sort, mode, selection().scale].join(' ');
    if (key !== this.drawn || this.maps !== passage.measures.weight) {
      this.drawn = key;
      this.maps = passage.measures.weight;
      this.classList.toggle('cells', names.length > MANY);
      const layers = layersOf(names),
        few = !scores && layers.length > 1 && names.length <= FEW;
      this.classList.toggle('few', few);
      const rows = scores
        ? [[...names].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))]
        : few
          ? layers.reverse()
          : layers;
      fill(
        this.grid,
        rows.map(row => this.#row(row, Boolean(scores), passage, mode)),
      );
      this.sorting.select(scores ? sort : 'layer');
      const upward = rows.length > 1 && !few;
      this.note.textContent =
        `weights on ${passageName(passage)}, one scale` +
        (scores ? `; by ${sort}` : upward ? '; layers upward' : '');
      this.#refresh();
    }
    const shown = shownHead(this.data, passage),
      { head, headPreview } = selection();
    if (headPreview === null) this.#reveal(shown);
    for (const cell of this.grid.querySelectorAll('[data-cell]')) {
      cell.classList.toggle('shown', cell.dataset.cell === shown);
      cell.classList.toggle('pinned', cell.dataset.cell === head);
      cell.setAttribute('aria-pressed', cell.dataset.cell === shown);
    }
  }

  /** Scrolls a grid that is wider than its place to a head. */
  #reveal(name) {
    const { grid } = this,
      cell = grid.scrollWidth > grid.clientWidth && grid.querySelector(`[data-cell="${name}"]`);
    if (!cell) return;
    const left = cell.getBoundingClientRect().left - grid.getBoundingClientRect().left;
    if (left < 0 || left + cell.offsetWidth > grid.clientWidth)
      grid.scrollLeft += left - grid.clientWidth / 2;
  }

  #row(names, mixed, passage, mode) {
    const size = names.length > 12 && !mixed ? SMALL : LARGE,
      many = this.classList.contains('cells'),
      { weight } = passage.measures;
    const draw = name =>
      many
        ? h('span.patch', { style: { background: this.#colour(name, mode) } })
        : thumbnail(weight, name, size, selection().scale === 'linear');
    return h(
      'div',
      {
        class: `row${mixed ? ' mixed' : ''}`,
        style: { '--heads': Math.max(names.length, 8), '--least': `${size + 4}px` },
      },
      !mixed && h('span.layer', headOf(names[0]).layer),
      names.map(name => this.#cell(name, draw(name), many)),
    );
  }

  #cell(name, picture, many) {
    const { sort } = selection(),
      said = this.#said(name, this.data.scores?.[sort] && sort);
    return h(
      'div.head-cell',
      h(
        'button',
        {
          'data-cell': name,
          'data-head': name,
          'aria-label': `Head ${name}${said ? `, ${said}` : ''}`,
        },
        picture,
      ),
      !many && headLink(name),
      !many && said && h('span.said', said),
    );
  }

  /** Kinds with the scores that decide on them, or the score that the heads stand in order of. */
  #said(name, sort) {
    const { kinds = {}, scores = {} } = this.data;
    const value = of => (scores[of]?.[name] === undefined ? '' : ` ${score(scores[of][name])}`);
    if (sort) return `${kinds[name] ?? ''}${value(sort)}`.trim();
    return (kinds[name] ?? '')
      .split(', ')
      .map(kind => kind + value(DECIDES[kind] ?? kind))
      .join(', ');
  }

  #colour(name, mode) {
    const scores = this.data.scores ?? {},
      own = scores[selection().sort] ?? Object.values(scores)[0] ?? {};
    return sequentialAt((own[name] ?? 0) / Math.max(...Object.values(own), 1e-9), mode);
  }

  csv() {
    const names = headsOf(passageOf(this.data)),
      { scores = {}, kinds = {} } = this.data;
    return [
      ['head', 'kind', ...Object.keys(scores)],
      ...names.map(name => [name, kinds[name], ...Object.values(scores).map(own => own[name])]),
    ];
  }
}

/** Heads by layer, the highest layer first. */
function layersOf(names) {
  const layers = new Map();
  for (const name of names) {
    const { layer } = headOf(name);
    if (!layers.has(layer)) layers.set(layer, []);
    layers.get(layer).push(name);
  }
  return [...layers].sort((a, b) => b[0] - a[0]).map(([, row]) => row);
}

register('vt-head-grid', HeadGrid);

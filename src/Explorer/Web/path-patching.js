// vt-path-patching: which paths between heads carry it?

import { register } from './components.js';
import { fill, h, perFrame, segments } from './dom.js';
import { Figure } from './figure.js';
import { roving } from './keyboard.js';
import { count, score } from './numbers.js';
import { drawPaths, pathAt, pathLayout } from './path-patching-drawing.js';
import { pathList, pathWords } from './path-words.js';
import { promptLines } from './prompts.js';
import { adjust, declare, lock, oneOf, selection } from './store.js';

const FEW = 10;

declare({
  path: {
    read: text => (/^[\w.]+>[\w.]+(?:\.[qkv])?$/.test(text) ? text : undefined),
    lock: true,
  },
  method: { read: oneOf(['exact', 'gradient']), initial: () => 'exact' },
});

/**
 * `data`: {clean, corrupt: [id], pairs, metric, valueClean, valueCorrupt, answers?, senders: [name],
 * panels: [{input: 'q' | 'k' | 'v' | 'logits', receivers: [name], values: [sender][receiver],
 * approx?}], meanError?, largestError?, approximate?}. Values are the share of the effect that a
 * path carries; null where there is no path.
 */
export class PathPatching extends Figure {
  #pointed = null;
  #plan = null;

  get watched() {
    return ['path', 'method', 'head'];
  }

  empty({ senders, panels }) {
    return senders.length > 0 && panels.length > 0
      ? null
      : 'No path was patched; vitrine paths MODEL --clean … --corrupt … makes this map.';
  }

  build() {
    const hasGradient = this.data.panels.some(panel => panel.approx);
    this.method =
      hasGradient &&
      segments(
        'Method',
        [
          ['exact', 'exact'],
          ['gradient', 'gradient'],
        ],
        'exact',
        method => adjust({ method }),
      );
    this.key = h(
      'div',
      { class: 'patch-key', 'aria-hidden': 'true' },
      h('div', { class: 'diverging' }),
      h('span', null, '−0.5'),
      h('span', null, '0 nothing'),
      h('span', null, '1 all of it'),
    );
    this.readout = h('div', { class: 'slot', 'aria-live': 'polite' });
    this.stage = h('div', { class: 'patch-map', tabindex: 0, role: 'img', 'data-key': 'paths' });
    this.list = h('div', { class: 'path-list' });
    this.note = h('p', { class: 'aside' });
    fill(
      this,
      this.data.clean.length > 0 && promptLines(this.data),
      h('div', { class: 'patch-head' }, this.readout, h('div', null, this.key, this.method)),
      h('div', { class: 'patch-body' }, this.stage, this.list),
      this.note,
    );
    this.refreshKeys = roving(this.list, () => [[...this.list.querySelectorAll('a.head')]]);
    this.#watch();
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  get #gradient() {
    return selection().method === 'gradient' && this.data.panels.some(panel => panel.approx);
  }

  /** Every path: {panel, row, column, sender, receiver, input, value, approx, name}. */
  get paths() {
    const { senders, panels } = this.data;
    return panels.flatMap((panel, at) =>
      senders.flatMap((sender, row) =>
        panel.receivers.map((receiver, column) => ({
          panel: at,
          row,
          column,
          sender,
          receiver,
          input: panel.input,
          value: panel.values[row][column],
          approx: panel.approx?.[row][column] ?? null,
          name: `${sender}>${receiver}${panel.input === 'logits' ? '' : `.${panel.input}`}`,
        })),
      ),
    );
  }

  /** The paths that exist, by how much they carry. */
  get ranked() {
    return this.paths
      .filter(path => path.value !== null)
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  }

  get #locked() {
    return this.paths.find(path => path.name === selection().path) ?? null;
  }

  get #shown() {
    return this.#pointed ?? this.#locked ?? this.ranked[0];
  }

  render() {
    const width = this.stage.clientWidth;
    if (width === 0) return;
    if (this.method) this.method.select(this.#gradient ? 'gradient' : 'exact');
    this.#plan = pathLayout(this.data, width);
    this.stage.replaceChildren(this.#draw(width));
    fill(this.readout, ...pathWords(this.data, this.#shown));
    this.stage.setAttribute(
      'aria-label',
      `${this.#shown.name}: ${score(this.#shown.value)} of the effect. Arrows move.`,
    );
    this.#renderList();
    fill(this.note, ...this.#notes());
  }

  #draw(width, mode) {
    return drawPaths(
      this.data,
      {
        gradient: this.#gradient,
        locked: this.#locked,
        pointed: this.#pointed,
        head: selection().head,
      },
      width,
      mode,
    );
  }

  #renderList() {
    fill(
      this.list,
      ...pathList(this.ranked.slice(0, FEW), this.#locked?.name, path => this.#lock(path)),
    );
    this.refreshKeys();
  }

  #notes() {
    const { pairs, meanError, largestError } = this.data,
      none = this.paths.filter(path => path.value === null).length;
    return [
      pairs > 1 && `Means over ${count(pairs)} pairs of prompts, of which the first is shown. `,
      none > 0 && 'Hatched: the sender does not come before the receiver. ',
      Number.isFinite(meanError) &&
        `Gradient: mean error ${score(meanError)}, largest ${score(largestError)}.`,
    ];
  }

  #watch() {
    const at = event => {
      const box = this.stage.getBoundingClientRect();
      return this.#cell(pathAt(this.#plan, event.clientX - box.left, event.clientY - box.top));
    };
    const show = perFrame(cell => this.#point(cell));
    this.stage.addEventListener('pointermove', event => {
      if (event.pointerType !== 'touch') show(at(event));
    });
    this.stage.addEventListener('pointerleave', event => {
      if (event.pointerType !== 'touch') show(null);
    });
    let touch = false;
    this.stage.addEventListener('pointerdown', event => {
      touch = event.pointerType === 'touch';
    });
    this.stage.addEventListener('click', event => {
      const cell = at(event);
      if (cell && touch && cell.name !== this.#pointed?.name) this.#point(cell);
      else if (cell) this.#lock(cell);
    });
    this.stage.addEventListener('keydown', event => this.#key(event));
    this.stage.addEventListener('blur', () => this.#point(null));
  }

  #cell(place) {
    return (
      place &&
      (this.paths.find(
        path =>
          path.panel === place.panel && path.row === place.row && path.column === place.column,
      ) ??
        null)
    );
  }

  #point(cell) {
    if (cell?.name === this.#pointed?.name) return;
    this.#pointed = cell;
    this.draw();
  }

  #lock(path) {
    lock({ path: selection().path === path.name ? null : path.name });
    this.say({ path: path.name });
  }

  #key(event) {
    const { panels, senders } = this.data,
      { panel, row, column } = this.#shown,
      widths = panels.map(one => one.receivers.length),
      before = widths.slice(0, panel).reduce((sum, one) => sum + one, 0),
      total = widths.reduce((sum, one) => sum + one, 0),
      stride = event.shiftKey ? 10 : 1;
    const to = {
      ArrowRight: [row, before + column + stride],
      ArrowLeft: [row, before + column - stride],
      ArrowUp: [row + stride, before + column],
      ArrowDown: [row - stride, before + column],
      Home: [row, 0],
      End: [row, total - 1],
    }[event.key];
    if (event.key === 'Enter') this.#lock(this.#shown);
    else if (!to) return;
    event.preventDefault();
    if (!to) return;
    let [next, rest] = [Math.max(0, Math.min(senders.length - 1, to[0])), to[1]];
    rest = Math.max(0, Math.min(total - 1, rest));
    let at = 0;
    while (rest >= widths[at]) rest -= widths[at++];
    this.#point(this.#cell({ panel: at, row: next, column: rest }));
  }

  csv() {
    return [
      ['from', 'to', 'input', 'carries', 'gradient'],
      ...this.paths
        .filter(path => path.value !== null)
        .map(path => [path.sender, path.receiver, path.input, path.value, path.approx ?? '']),
    ];
  }

  svg() {
    return drawPaths(
      this.data,
      { gradient: this.#gradient, locked: this.#locked, pointed: null, head: null },
      780,
      'light',
    );
  }
}

register('vt-path-patching', PathPatching);

// vt-path-patching: which paths between heads carry it?

import { Figure } from '../figures/figure.js';
import { stage } from '../figures/stage.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { cellAfter, roving } from '../page/keyboard.js';
import { count, score, sum } from '../page/numbers.js';
import { declare, lock, selection } from '../page/store.js';
import { promptLines, promptWords } from '../tokens/prompts.js';
import { drawnPatchKey, methodSwitch, patchKey } from './patch-parts.js';
import { drawPaths, pathAt, pathLayout } from './path-patching-drawing.js';
import { pathList, pathWords } from './path-words.js';

const FEW = 10;

declare({
  path: {
    read: text => (/^[\w.]+>[\w.]+(?:\.[qkv])?$/.test(text) ? text : undefined),
    lock: true,
  },
});

/**
 * `data`: {clean, corrupt: [id], pairs, metric, valueClean, valueCorrupt, answers?, senders: [name],
 * panels: [{input: 'q' | 'k' | 'v' | 'logits', receivers: [name], values: [sender][receiver],
 * approx?}], meanError?, largestError?, approximate?}. Values are the share of the effect that a
 * path carries; null where there is no path.
 */
class PathPatching extends Figure {
  #pointed = null;
  #plan = null;

  get watched() {
    return ['path', 'method', 'head'];
  }

  empty({ senders, panels }) {
    return senders.length > 0 && panels.length > 0
      ? null
      : 'No path was patched; vitrine paths MODEL --clean … --corrupt … draws this map.';
  }

  build() {
    this.prompts = h('div');
    this.method = methodSwitch();
    this.readout = h('div.slot', { 'aria-live': 'polite' });
    this.stage = stage('patch-map', {
      at: (x, y) => this.#cell(pathAt(this.#plan, x, y)),
      shown: () => this.#pointed,
      point: path => this.#point(path),
      choose: path => this.#lock(path),
      key: event => this.#key(event),
      same: (a, b) => a?.name === b?.name,
    });
    this.stage.dataset.key = 'paths';
    this.list = h('div.path-list');
    this.note = h('p.aside');
    this.refreshKeys = roving(this.list, 'a.head');
    const key = h('div', patchKey('nothing', 'all of it'), this.method);
    return [
      this.prompts,
      h('div.patch-head', this.readout, key),
      h('div.patch-body', this.stage, this.list),
      this.note,
    ];
  }

  prepare() {
    this.#pointed = null;
    this.method.hidden = !this.data.panels.some(panel => panel.approx);
    fill(this.prompts, this.data.clean.length > 0 && promptLines(this.data));
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
    this.method.select(this.#gradient ? 'gradient' : 'exact');
    this.#plan = pathLayout(this.data, width);
    this.stage.replaceChildren(this.#draw(width));
    fill(this.readout, ...pathWords(this.data, this.#shown));
    this.stage.setAttribute(
      'aria-label',
      `${this.#shown.name}: ${score(this.#shown.value)} of the effect. Arrow keys move.`,
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
      pairs > 1 && `Means over ${count(pairs)} pairs of prompts; the first is shown. `,
      none > 0 && 'Hatched: the sender is not before the receiver. ',
      Number.isFinite(meanError) &&
        `Gradient: mean error ${score(meanError)}, largest ${score(largestError)}.`,
    ];
  }

  #cell(place) {
    const is = path =>
      path.panel === place.panel && path.row === place.row && path.column === place.column;
    return (place && this.paths.find(is)) ?? null;
  }

  #point(path) {
    this.#pointed = path;
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
      total = sum(widths),
      to = cellAfter(event, [row, sum(widths.slice(0, panel)) + column], total - 1);
    if (event.key === 'Enter') this.#lock(this.#shown);
    if (!to) return;
    let [next, rest] = [Math.max(0, Math.min(senders.length - 1, to[0])), to[1]];
    rest = Math.max(0, Math.min(total - 1, rest));
    let at = 0;
    while (rest >= widths[at]) rest -= widths[at++];
    this.#point(this.#cell({ panel: at, row: next, column: rest }));
  }

  context() {
    return promptWords(this.data);
  }

  key() {
    return drawnPatchKey('nothing', 'all of it');
  }

  csv() {
    return [
      ['from', 'to', 'input', 'carries', 'gradient'],
      ...this.paths
        .filter(path => path.value !== null)
        .map(path => [path.sender, path.receiver, path.input, path.value, path.approx]),
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

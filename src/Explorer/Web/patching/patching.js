// vt-patching: which activations carry it?

import { Figure } from '../figures/figure.js';
import { stage } from '../figures/stage.js';
import { headName } from '../heads/heads.js';
import { register } from '../page/components.js';
import { fill, h, segments } from '../page/dom.js';
import { cellAfter } from '../page/keyboard.js';
import { count, score } from '../page/numbers.js';
import { adjust, declare, lock, plainName, selection, wholeBelow } from '../page/store.js';
import { differences, promptLines, promptWords, unequalPrompts } from '../tokens/prompts.js';
import { display } from '../tokens/vocabulary.js';
import { drawnPatchKey, methodSwitch, patchKey } from './patch-parts.js';
import { cellDetail, patchingRows } from './patching-detail.js';
import { cellAt, drawPatching, mapLayout } from './patching-drawing.js';

const MANY = 10000;

declare({
  site: { read: plainName },
  layer: { read: wholeBelow(() => MANY), lock: true },
  pos: { read: wholeBelow(() => MANY), lock: true },
});

/**
 * `data`: {clean, corrupt: [id], metric, valueClean, valueCorrupt, answers?, sites: [{site, name?,
 * hook, axis?, values: [layer][position], skipped?, rows?, approx?: {values, meanError,
 * largestError}, details?: {'17,9': {top}}, heads?: {hook, values, approx?}}], pairs?, progress?:
 * {done, total, secondsLeft}}; or the fields of a single site in the record itself.
 */
class Patching extends Figure {
  #pointed = null;
  #plan = null;

  get watched() {
    return ['site', 'method', 'layer', 'pos', 'head'];
  }

  get sites() {
    const { sites } = this.data;
    return sites ?? (this.data.values ? [this.data] : []);
  }

  get site() {
    return this.sites.find(one => one.site === selection().site) ?? this.sites[0];
  }

  empty(record) {
    if (record.clean.length !== record.corrupt.length) return unequalPrompts(record);
    return (record.sites ?? [record]).some(site => site.values?.length > 0)
      ? null
      : 'Nothing was patched; vitrine patch MODEL --clean … --corrupt … draws this map.';
  }

  build() {
    this.prompts = h('div');
    this.toggle = segments('Site', [], site =>
      adjust({ site: site === this.sites[0].site ? null : site }),
    );
    this.method = methodSwitch();
    this.stage = stage('patch-map', {
      at: (x, y) => cellAt(this.#plan, x, y),
      shown: () => this.#pointed,
      point: cell => this.#point(cell),
      choose: cell => this.#lock(cell),
      key: event => this.#key(event),
      same,
    });
    this.stage.dataset.key = 'map';
    this.detail = h('div.patch-detail', { 'aria-live': 'polite' });
    this.note = h('p.aside');
    const key = h('div', patchKey('corrupt', 'clean'), this.method);
    return [
      this.prompts,
      h('div.patch-head', this.toggle, key),
      h('div.patch-body', this.stage, this.detail),
      this.note,
    ];
  }

  prepare() {
    this.#pointed = null;
    this.toggle.offer(this.sites.map(one => [one.site, one.name ?? one.site]));
    this.toggle.hidden = this.sites.length < 2;
    fill(this.prompts, promptLines(this.data));
  }

  get #approximate() {
    return selection().method === 'gradient' && Boolean(this.site.approx);
  }

  /** The values shown: exact or approximate. */
  #values(map) {
    const part = map === 'heads' ? this.site.heads : this.site;
    return (this.#approximate && part.approx?.values) || part.values;
  }

  /** The locked cell: a position, or a head over all positions. */
  get #locked() {
    const { layer, pos, head } = selection(),
      { values, heads } = this.site;
    if (layer !== null && pos !== null && layer < values.length && pos < values[0].length)
      return { map: 'main', layer, column: pos };
    const [at, column] = (head ?? '').split('.').map(Number);
    return heads && head !== null && at < heads.values.length && column < heads.values[0].length
      ? { map: 'heads', layer: at, column }
      : null;
  }

  /** The largest cell, shown when none is chosen. */
  get #largest() {
    let best = { map: 'main', layer: 0, column: 0 },
      most = -1;
    this.#values('main').forEach((line, layer) =>
      line.forEach((value, column) => {
        if (Math.abs(value ?? 0) > most) {
          most = Math.abs(value ?? 0);
          best = { map: 'main', layer, column };
        }
      }),
    );
    return best;
  }

  get #cell() {
    return this.#pointed ?? this.#locked ?? this.#largest;
  }

  #view() {
    return {
      site: this.site,
      values: this.#values('main'),
      heads: this.site.heads ? this.#values('heads') : null,
      tokens: this.data.clean,
      differ: differences(this.data.clean, this.data.corrupt),
      locked: this.#locked ?? this.#largest,
      pointed: this.#pointed,
      waiting: Boolean(this.data.progress),
    };
  }

  render() {
    const width = this.stage.clientWidth;
    if (width === 0) return;
    this.toggle.select(this.site.site);
    this.method.hidden = !this.site.approx;
    this.method.select(this.#approximate ? 'gradient' : 'exact');
    this.#plan = mapLayout(this.site, this.data.corrupt, width);
    this.stage.replaceChildren(drawPatching(this.#view(), width));
    fill(this.detail, ...cellDetail(this.#cell, this.#record(this.#cell)));
    this.stage.setAttribute('aria-label', `${this.#spoken(this.#cell)} Arrows move.`);
    fill(this.note, ...this.#words());
  }

  #record({ map, layer, column }) {
    const part = map === 'heads' ? this.site.heads : this.site;
    return {
      ...this.data,
      site: this.site,
      tokens: this.data.clean,
      value: part.values[layer][column] ?? NaN,
      approx: part.approx?.values[layer][column] ?? null,
      detail: part.details?.[`${layer},${column}`],
      skipped: map === 'main' && Boolean(this.site.skipped?.[layer]?.[column]),
    };
  }

  #spoken(cell) {
    const value = this.#record(cell).value,
      token = this.data.corrupt[cell.column],
      ofHead = cell.map === 'heads' || this.site.axis === 'head',
      place = ofHead ? `head ${cell.column}` : display(token);
    return `Layer ${cell.layer}, ${place}: ${score(value)} restored.`;
  }

  #words() {
    const words = [],
      { progress } = this.data,
      { approx, skipped, values } = this.site;
    if (this.data.pairs > 1)
      words.push(
        `Means over ${count(this.data.pairs)} pairs of prompts; the first is shown. `,
      );
    if (progress)
      words.push(
        `Patching: ${count(progress.done)} of ${count(progress.total)} runs, about ` +
          `${count(progress.secondsLeft)} s left. Cells appear as they are measured. `,
      );
    const broken = values.flat().filter((one, i) => {
      const at = [Math.floor(i / values[0].length), i % values[0].length];
      return !progress && one === null && !skipped?.[at[0]]?.[at[1]];
    }).length;
    if (broken > 0)
      words.push(`${count(broken)} values are not finite and are hatched in colour. `);
    if (skipped?.some(line => line.some(Boolean)))
      words.push('Hatched: equal in both runs, so skipped. ');
    if (approx)
      words.push(
        `Gradient approximation: mean error ${score(approx.meanError)}, largest ` +
          `${score(approx.largestError)}.`,
      );
    return words;
  }

  #point(cell) {
    this.#pointed = cell;
    this.draw();
  }

  #lock(cell) {
    const free = same(cell, this.#locked);
    const { layer, column } = cell;
    if (cell.map === 'heads')
      lock({ head: free ? null : headName({ layer, head: column }), layer: null, pos: null });
    else lock({ layer: free ? null : layer, pos: free ? null : column });
    this.say({ ...cell, site: this.site.site });
  }

  #key(event) {
    const { map, layer, column } = this.#cell,
      { rows, main, heads } = this.#plan,
      last = (map === 'heads' ? heads : main).columns - 1,
      to = cellAfter(event, [layer, column], last);
    if (event.key === 'Enter') this.#lock(this.#cell);
    if (!to) return;
    const bounded = { map, layer: Math.max(0, Math.min(rows - 1, to[0])), column: to[1] };
    if (bounded.column > last && map === 'main' && heads) {
      bounded.map = 'heads';
      bounded.column = 0;
    } else if (bounded.column < 0 && map === 'heads') {
      bounded.map = 'main';
      bounded.column = main.columns - 1;
    } else bounded.column = Math.max(0, Math.min(last, bounded.column));
    this.#point(bounded);
  }

  context() {
    return promptWords(this.data);
  }

  key() {
    return drawnPatchKey('corrupt', 'clean');
  }

  csv() {
    return patchingRows(this.sites, this.data.corrupt);
  }

  svg() {
    return drawPatching({ ...this.#view(), pointed: null }, 780, 'light');
  }
}

function same(a, b) {
  return a?.map === b?.map && a?.layer === b?.layer && a?.column === b?.column;
}

register('vt-patching', Patching);

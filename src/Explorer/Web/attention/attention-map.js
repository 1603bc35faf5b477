// vt-attention-map: what is the whole pattern?

import { drawOverlay, layout } from './attention-overlay.js';
import { mapOf, MEASURES, passageName, VIEW_KEYS, viewOf } from './attention-view.js';
import { register } from '../page/components.js';
import { fill, h, s } from '../page/dom.js';
import { Figure } from '../figures/figure.js';
import { rampKey } from '../figures/keys.js';
import { watchMap } from './map-cells.js';
import { MeasureSwitch } from './measure-switch.js';
import { score, tickLabel } from '../page/numbers.js';
import { paintWindow, placeOf, shade, shaderOf, unpack } from '../figures/patterns.js';
import { adjust, selection } from '../page/store.js';
import { hex, scheme } from '../page/theme.js';
import { display, escapedBytes, plainText } from '../tokens/vocabulary.js';

const MANY = 48,
  TICKS = [0, 0.1, 0.4, 1];

/** `data`: that of vt-attention-text; more measures are the switch. */
export class AttentionMap extends Figure {
  #window;
  #passage;
  #painted = '';
  #pointed = null;

  get watched() {
    return [...VIEW_KEYS, 'overQuery', 'overKey'];
  }

  empty({ passages }) {
    return passages.length > 0 ? null : 'There is no pattern to show.';
  }

  build() {
    this.scale = h('div.ramp-key');
    this.curve = h(
      'button.plain.toggle',
      {
        title: 'Colours grow with the value; otherwise with the value to the power 0.7',
        onclick: () => adjust({ scale: selection().scale === 'linear' ? null : 'linear' }),
      },
      'linear',
    );
    this.canvas = h('canvas');
    this.overlay = h('div.overlay');
    this.readout = h('div.cell-readout');
    this.switches = new MeasureSwitch();
    this.zoom = h(
      'div.zoom.tools-inline',
      [
        ['+', 'Zoom in', () => this.#scale(0.5)],
        ['−', 'Zoom out', () => this.#scale(2)],
        ['all', 'all of the map', () => this.#scale(0)],
      ].map(([label, name, onclick]) => h('button.tool', { 'aria-label': name, onclick }, label)),
    );
    this.stage = h(
      'div.heat',
      { tabindex: 0, role: 'group' },
      this.canvas,
      this.overlay,
      this.switches.element,
      this.readout,
    );
    this.spoken = h('p.spoken', { 'aria-live': 'polite' });
    watchMap(this.stage, {
      cellAt: (x, y) => this.#cellAt(x, y),
      view: () => viewOf(this.data),
      window: () => this.#window,
      setWindow: window => {
        this.#window = window;
        this.draw();
      },
      pointed: cell => {
        this.#pointed = cell;
        this.draw();
      },
    });
    const tools = h('div.key-box', this.scale, this.curve);
    return [h('div.map-head', h('h3', 'Query × key'), this.zoom, tools), this.stage, this.spoken];
  }

  prepare() {
    this.#pointed = null;
    this.spoken.textContent = '';
  }

  #cellAt(x, y) {
    const { left, top, side } = this.box,
      { row, column, size } = this.#window,
      cell = side / size;
    const k = column + Math.floor((x - left) / cell),
      q = row + Math.floor((y - top) / cell);
    const inside = k >= column && k < column + size && q >= row && q < row + size;
    return inside ? { q, k, seen: k <= q } : null;
  }

  #scale(factor) {
    const view = viewOf(this.data),
      { row, column, size } = this.#window,
      { count } = view;
    const wanted =
      factor === 0
        ? count
        : Math.max(Math.min(8, count), Math.min(count, Math.round(size * factor)));
    const centre = (start, at) =>
      at !== null && at >= start && at < start + size ? at : start + size / 2;
    const place = (start, at) =>
      Math.max(0, Math.min(count - wanted, Math.round(centre(start, at) - wanted / 2)));
    this.#window = { row: place(row, view.query), column: place(column, view.key), size: wanted };
    this.draw();
  }

  render(width) {
    const view = viewOf(this.data),
      mode = scheme();
    if (view.passage !== this.#passage) {
      this.#passage = view.passage;
      this.#window = { row: 0, column: 0, size: view.count };
    }
    this.box = layout(Math.min(width, 640));
    const { left, top, side, height } = this.box,
      shader = shaderOf(view.top, view.linear, mode),
      { row, column, size } = this.#window;
    const painted = [view.passage.name, view.measure, view.head, row, column, size, mode].join(' ');
    if (painted !== this.#painted || this.values !== view.values || this.linear !== view.linear) {
      this.#painted = painted;
      this.values = view.values;
      this.linear = view.linear;
      paintWindow(this.canvas, view.values, this.#window, shader);
      this.#drawKey(shader, view);
    }
    this.stage.style.height = `${height}px`;
    for (const [name, value] of Object.entries({ left, top, width: side, height: side }))
      this.canvas.style[name] = `${value}px`;
    fill(this.overlay, drawOverlay(view, this.#window, this.box));
    this.below = this.switches.place(view, this.box, this.stage, mode);
    this.#read(view);
    this.zoom.hidden = view.count < MANY;
  }

  /** The colour key: true values where they lie, so that the curve is seen. */
  #drawKey({ css, linear, top }, { clipped }) {
    const stops = Array.from({ length: 33 }, (_, i) => i / 32);
    const colourAt = part =>
      css[Math.round((linear ? part : part ** (1 / 0.7)) * (css.length - 1))];
    fill(
      this.scale,
      h('div.bar', {
        style: { background: `linear-gradient(to right, ${stops.map(colourAt).join(',')})` },
      }),
      TICKS.map(share =>
        h(
          'span',
          { style: { left: `${100 * shade(share, linear)}%` } },
          share === 0 ? '0' : Number((share * top).toPrecision(2)),
          share === 1 && clipped && '+',
        ),
      ),
    );
    this.curve.setAttribute('aria-pressed', linear);
  }

  /** The read-out of the pointed cell, or of the shown pair. */
  #read(view) {
    const { passage, head, measure, values } = view;
    const query = this.#pointed?.q ?? view.query,
      key = this.#pointed?.k ?? view.key;
    const rows = [];
    if (query !== null && key !== null && key <= query) {
      for (const name of Object.keys(MEASURES))
        if (
          passage.measures[name] &&
          (name === 'weight' || name === 'weighted' || name === measure)
        )
          rows.push([
            MEASURES[name].label,
            score(mapOf(passage, name, head).values[placeOf(query, key)]),
          ]);
      if (passage.scores)
        rows.splice(1, 0, ['score', score(unpack(passage.scores).of(head)[placeOf(query, key)])]);
    }
    const mixing = passage.mixing?.[measure]?.[view.ownMap ? head : head.split('.')[0]];
    if (mixing && query !== null) rows.push(['mixing of query', score(mixing[query])]);
    fill(
      this.readout,
      h(
        'div.where',
        [query !== null && `query ${query}`, key !== null && key <= query && `key ${key}`]
          .filter(Boolean)
          .join(', '),
      ),
      h(
        'dl',
        rows.map(([name, value]) => h('div', h('dt', name), h('dd', value))),
      ),
    );
    const { left, top, side, narrow } = this.box;
    Object.assign(this.readout.style, {
      right: `${this.stage.clientWidth - left - side}px`,
      top: `${top + this.below + 6}px`,
      width: narrow ? '118px' : '150px',
    });
    const label =
      `Attention of head ${head}, ${view.count} queries by keys, ${MEASURES[measure].long}; strongest ` +
      `colour ${tickLabel(view.top, view.top / 10)}.`;
    this.stage.setAttribute('aria-label', label);
    if (query !== null && key !== null && key <= query)
      this.spoken.textContent =
        `query ${display(view.tokens[query])}, key ${display(view.tokens[key])}: ` +
        `${MEASURES[measure].long} ${score(values[placeOf(query, key)])}`;
  }

  context() {
    const { passage, tokens, head, measure } = viewOf(this.data);
    return [
      `head ${head}, ${MEASURES[measure].long}; ${passageName(passage)}: “${plainText(tokens)}”`,
    ];
  }

  key() {
    const { top, linear } = viewOf(this.data),
      { css } = shaderOf(top, linear, 'light');
    return rampKey(
      'by colour',
      at => css[Math.round((linear ? at : at ** (1 / 0.7)) * (css.length - 1))],
      TICKS.map(share => [shade(share, linear), Number((share * top).toPrecision(2))]),
    );
  }

  csv() {
    const view = viewOf(this.data),
      { tokens, values, count, head, measure } = view;
    const rows = [
      ['head', 'measure', 'query', 'query token', 'key', 'key token', 'key bytes', 'value'],
    ];
    const from = count > 64 ? (view.query ?? 0) : 0,
      to = count > 64 ? from + 1 : count;
    for (let q = from; q < to; q++)
      for (let k = 0; k <= q; k++)
        rows.push([
          head,
          measure,
          q,
          display(tokens[q]),
          k,
          display(tokens[k]),
          escapedBytes(tokens[k]),
          values[placeOf(q, k)],
        ]);
    return rows;
  }

  svg() {
    const view = viewOf(this.data),
      box = layout(560),
      canvas = h('canvas');
    const window = this.#window ?? { row: 0, column: 0, size: view.count };
    paintWindow(canvas, view.values, window, shaderOf(view.top, view.linear, 'light'));
    const large = h('canvas', { width: 2 * box.side, height: 2 * box.side }),
      context = large.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, large.width, large.height);
    const root = drawOverlay(view, window, box, 'light', large.toDataURL());
    root.append(
      s(
        'text',
        {
          x: box.left + box.side,
          y: box.top + 14,
          'text-anchor': 'end',
          fill: hex('ink', 'light'),
        },
        `head ${view.head}, ${MEASURES[view.measure].long}, strongest colour ${score(view.top)}`,
      ),
    );
    return root;
  }
}

register('vt-attention-map', AttentionMap);

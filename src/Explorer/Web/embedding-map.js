// vt-embedding-map: which tokens does the model hold alike?

import { fill, h, perFrame } from './dom.js';
import { buildMap } from './map-controls.js';
import { watchGestures } from './map-gestures.js';
import { drawOverlay } from './map-overlay.js';
import { captionOf, paintPoints, pointRows, pointsOf } from './map-points.js';
import { count } from './numbers.js';
import { onSearchHits } from './search.js';
import { Splatter } from './splat.js';
import { lock, preview, selection, subscribe } from './store.js';
import { corpusCount, display } from './vocabulary.js';

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * `data`: [{method, matrix, ids, x, y (array names), explainedVariance?, kl?, perplexity?,
 * seed}]; `neighbours(id, matrix)`: [{id, cosine}].
 */
export class EmbeddingMap extends HTMLElement {
  #maps;
  #views = new Map();
  #splatter;
  #hits = null;
  #lasso = null;
  #drawing = null;
  #lassoMode = false;
  #moving = false;
  #isolated = null;
  #settle = 0;

  set data(maps) {
    this.#maps = maps;
    if (maps.length === 0) {
      fill(
        this,
        h(
          'p',
          { class: 'empty' },
          'No map was made. ',
          h('code', null, 'vitrine report'),
          ' draws them from a run with at least a few tokens.',
        ),
      );
      return;
    }
    this.#build();
    this.#splatter = new Splatter(this.canvas);
    new ResizeObserver(() => this.draw()).observe(this.stage);
    subscribe((_, changed) => {
      if (['map', 'matrix', 'colour', 'token', 'preview'].some(key => changed.has(key)))
        this.#changed(changed);
    });
    onSearchHits(ids => {
      this.#hits = ids && new Set(ids);
      this.draw();
    });
    this.#changed(new Set(['map']));
  }

  #build() {
    const parts = buildMap(this.#maps, selection(), {
      zoom: factor => this.#zoom(factor, this.stage.clientWidth / 2, this.stage.clientHeight / 2),
      reset: () => this.#reset(),
      lassoMode: () => this.#setLassoMode(!this.#lassoMode),
      isolate: name => {
        this.#isolated = this.#isolated === name ? null : name;
        this.#changed(new Set(['colour']));
      },
      clear: () => {
        this.#lasso = null;
        this.panel.lasso(null);
        this.draw();
      },
    });
    Object.assign(this, parts);
    this.replaceChildren(parts.main, parts.panel.element, parts.readout);
    watchGestures(this.stage, {
      hover: perFrame((x, y) => this.#point(x, y)),
      leave: () => preview(null),
      lassoMode: () => this.#lassoMode,
      click: (x, y, touched) => this.#click(x, y, touched),
      reset: () => this.#reset(),
      settle: () => this.#rest(),
      pan: (dx, dy) => {
        this.#view().pan(dx, dy);
        this.#move();
      },
      zoom: (...how) => this.#zoom(...how),
      lasso: (outline, finished) => this.#outline(outline, finished),
    });
    this.stage.addEventListener('keydown', event => this.#key(event));
  }

  #setLassoMode(on) {
    this.#lassoMode = on;
    this.lassoButton.setAttribute('aria-pressed', on);
  }

  /** The record of the map that is shown. */
  get shown() {
    const { map, matrix } = selection(),
      method = map === 'pca' ? 'PCA' : 't-SNE';
    return (
      this.#maps.find(one => one.method === method && one.matrix === matrix) ??
      this.#maps.find(one => one.matrix === matrix) ??
      this.#maps[0]
    );
  }

  #view() {
    const record = this.shown;
    if (!this.#views.has(record)) this.#views.set(record, pointsOf(record));
    return this.#views.get(record);
  }

  #changed(changed) {
    const { preview: pointed, token, colour: by } = selection(),
      { matrix } = this.shown;
    this.method.select(this.shown.method === 'PCA' ? 'pca' : 't-sne');
    this.matrix.select(this.shown.matrix);
    if (changed.has('map') || changed.has('matrix')) {
      this.#lasso = null;
      this.panel.lasso(null);
      fill(this.caption, ...captionOf(this.shown));
      this.canvas.setAttribute(
        'aria-label',
        `${count(this.#view().ids.length)} tokens. ${this.caption.textContent}`,
      );
    }
    if (!changed.has('preview') || changed.size > 1) {
      this.panel.colour(by);
      this.panel.legend(by, this.#view(), this.#isolated);
    }
    const asked = pointed ?? token;
    this.panel.neighbours(
      asked,
      asked === null ? [] : this.neighbours(asked, matrix),
      matrix,
      asked === null || this.#view().indexOf.has(asked),
      this.#view().ids.length,
    );
    if (pointed !== null && this.stage.matches(':focus'))
      this.readout.textContent = `${display(pointed)}, ${count(corpusCount(pointed))} times`;
    this.draw();
  }

  #dimmed(view, i) {
    return (
      (this.#hits !== null && !this.#hits.has(view.ids[i])) ||
      (this.#isolated !== null && view.classes[i] !== this.#isolated)
    );
  }

  draw = perFrame(() => {
    const width = this.stage?.clientWidth ?? 0,
      height = this.stage?.clientHeight ?? 0;
    if (width === 0) return;
    const view = this.#view(),
      ratio = this.#moving ? 1 : Math.min(3, devicePixelRatio || 1);
    view.place(width, height);
    this.#paint(this.#splatter, view, ratio);
    const { token, preview: pointed } = selection();
    const around = (pointed !== null ? this.neighbours(pointed, this.shown.matrix) : [])
      .map(one => view.indexOf.get(one.id))
      .filter(i => i !== undefined);
    drawOverlay(this.overlay, view, {
      labels: !this.#moving,
      dimmed: i => this.#dimmed(view, i),
      hits: this.#hits,
      around,
      locked: view.indexOf.get(token) ?? -1,
      pointed: view.indexOf.get(pointed) ?? -1,
      lasso: this.#drawing ?? this.#lasso?.outline(view),
      axes: this.shown.method === 'PCA' ? this.shown.explainedVariance : null,
    });
  });

  #paint(splatter, view, ratio, mode) {
    paintPoints(splatter, view, {
      ratio,
      mode,
      byClass: selection().colour === 'class',
      dimmed: i => this.#dimmed(view, i),
      coarse: this.#moving && splatter === this.#splatter,
    });
  }

  #move() {
    this.#moving = true;
    this.draw();
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#rest(), 140);
  }

  #rest() {
    this.#moving = false;
    this.draw();
  }

  #zoom(factor, x, y) {
    const changed = this.#view().zoomAt(factor, x, y);
    if (changed) this.#move();
    return changed;
  }

  #reset() {
    this.#view().reset();
    this.#rest();
  }

  #point(x, y) {
    const view = this.#view(),
      i = view.pick(x, y, j => !this.#dimmed(view, j));
    preview(i < 0 ? null : view.ids[i]);
  }

  #click(x, y, touched) {
    const view = this.#view(),
      i = view.pick(x, y, j => !this.#dimmed(view, j));
    if (i < 0) {
      preview(null);
      return;
    }
    if (touched && selection().preview !== view.ids[i]) preview(view.ids[i]);
    else lock({ token: view.ids[i] });
  }

  #outline(outline, finished) {
    this.#drawing = finished ? null : outline;
    if (finished) {
      const view = this.#view(),
        ids = view
          .inside(outline)
          .map(i => view.ids[i])
          .sort((a, b) => corpusCount(b) - corpusCount(a));
      const held = outline.map(([x, y]) => [
        (x - view.originX) / view.unit,
        (view.originY - y) / view.unit,
      ]);
      this.#lasso = {
        outline: now =>
          held.map(([x, y]) => [now.originX + now.unit * x, now.originY - now.unit * y]),
      };
      this.panel.lasso(ids);
      this.readout.textContent = `${count(ids.length)} tokens in the lasso`;
      this.#setLassoMode(false);
    }
    this.draw();
  }

  #key(event) {
    const view = this.#view(),
      { preview: pointed, token } = selection();
    const current = view.indexOf.get(pointed) ?? view.indexOf.get(token) ?? view.byCount[0];
    let next = null;
    if (ARROWS[event.key]) {
      next = current;
      for (let i = 0; i < (event.shiftKey ? 10 : 1); i++)
        next = view.toward(next, ...ARROWS[event.key]);
    } else if (event.key === 'Home') next = view.byCount[0];
    else if (event.key === 'End') next = view.byCount.at(-1);
    else if (event.key === 'Enter' && pointed !== null) lock({ token: pointed });
    else if (event.key === '+' || event.key === '=')
      this.#zoom(1.6, view.screenX[current], view.screenY[current]);
    else if (event.key === '-') this.#zoom(1 / 1.6, view.screenX[current], view.screenY[current]);
    else if (event.key === '0') this.#reset();
    else return;
    event.preventDefault();
    if (next !== null) preview(view.ids[next]);
  }

  /** One row a point. */
  csv() {
    return pointRows(this.#view(), this.shown);
  }

  svg() {
    const view = this.#view(),
      splatter = new Splatter(document.createElement('canvas'));
    this.#paint(splatter, view, 2, 'light');
    return drawOverlay(null, view, {
      labels: true,
      dimmed: i => this.#dimmed(view, i),
      hits: this.#hits,
      around: [],
      pointed: -1,
      mode: 'light',
      locked: view.indexOf.get(selection().token) ?? -1,
      lasso: this.#lasso?.outline(view),
      picture: splatter.canvas.toDataURL('image/png'),
      axes: this.shown.method === 'PCA' ? this.shown.explainedVariance : null,
    });
  }
}

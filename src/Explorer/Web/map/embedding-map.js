// vt-embedding-map: which tokens does the model treat as similar?

import { modelOf } from '../bigrams/model.js';
import { Figure } from '../figures/figure.js';
import { register } from '../page/components.js';
import { fill, h } from '../page/dom.js';
import { count } from '../page/numbers.js';
import { onSearchHits } from '../page/search.js';
import { declare, lock, oneOf, preview, selection } from '../page/store.js';
import { perFrame } from '../page/timing.js';
import { corpusCount, display } from '../tokens/vocabulary.js';
import { buildMap } from './map-controls.js';
import { watchGestures } from './map-gestures.js';
import { drawOverlay } from './map-overlay.js';
import { captionOf, keyOf, paintPoints, pointRows, pointsOf } from './map-points.js';
import { Splatter } from './splat.js';

const NEAR = 7;
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

declare({
  map: { read: oneOf(['pca', 't-sne']), initial: () => 't-sne' },
  colour: { read: oneOf(['class', 'frequency']), initial: () => 'class' },
});

/**
 * `data`: {maps: [{method, matrix, ids, x, y (names of arrays), explainedVariance?, kl?,
 * perplexity?, seed}], weights? (the section that has the arrays of the model, for neighbours)}.
 */
class EmbeddingMap extends Figure {
  #views = new Map();
  #splatter;
  #hits = null;
  #lasso = null;
  #drawing = null;
  #lassoMode = false;
  #moving = false;
  #isolated = null;
  #settle = 0;
  #last = null;
  #stopHits;

  get watched() {
    return ['map', 'matrix', 'colour', 'token', 'preview'];
  }

  empty({ maps }) {
    return maps.length > 0
      ? null
      : [
          'No map was drawn. ',
          h('code', 'vitrine report'),
          ' draws maps from a run with at least a few tokens.',
        ];
  }

  build() {
    const parts = buildMap({
      zoom: factor => this.#zoom(factor, this.stage.clientWidth / 2, this.stage.clientHeight / 2),
      reset: () => this.#reset(),
      lassoMode: () => this.#setLassoMode(!this.#lassoMode),
      isolate: name => {
        this.#isolated = this.#isolated === name ? null : name;
        this.draw();
      },
      clear: () => {
        this.#lasso = null;
        this.panel.lasso(null);
        this.draw();
      },
    });
    Object.assign(this, parts);
    this.#splatter = new Splatter(this.canvas);
    watchGestures(this.stage, {
      hover: perFrame((x, y) => preview(this.#at(x, y))),
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
    return [parts.main, parts.panel.element, parts.readout];
  }

  connectedCallback() {
    super.connectedCallback();
    this.#stopHits = onSearchHits(ids => {
      this.#hits = ids && new Set(ids);
      this.draw();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stopHits();
  }

  prepare() {
    this.#views.clear();
    this.#last = null;
    this.offer(this.data.maps);
  }

  #nearest(id, matrix) {
    const { weights } = this.data;
    return weights && id !== null
      ? modelOf(name => this.arrays(`${weights}.${name}`)).nearest(id, matrix, NEAR)
      : [];
  }

  #setLassoMode(on) {
    this.#lassoMode = on;
    this.lassoButton.setAttribute('aria-pressed', on);
  }

  /** The record of the map that is shown. */
  get shown() {
    const { map, matrix } = selection(),
      method = map === 'pca' ? 'PCA' : 't-SNE',
      own = this.data.maps.filter(one => one.matrix === matrix);
    return own.find(one => one.method === method) ?? own[0] ?? this.data.maps[0];
  }

  #view() {
    const record = this.shown;
    if (!this.#views.has(record)) this.#views.set(record, pointsOf(record, this.arrays));
    return this.#views.get(record);
  }

  #dimmed(view, i) {
    return (
      (this.#hits !== null && !this.#hits.has(view.ids[i])) ||
      (this.#isolated !== null && view.classes[i] !== this.#isolated)
    );
  }

  render() {
    const { shown } = this,
      view = this.#view(),
      { token, preview: pointed, colour: by } = selection();
    this.method.select(shown.method === 'PCA' ? 'pca' : 't-sne');
    this.matrix.select(shown.matrix);
    if (shown !== this.#last) {
      this.#last = shown;
      this.#lasso = null;
      this.panel.lasso(null);
      fill(this.caption, captionOf(shown));
      const label = `${count(view.ids.length)} tokens. ${this.caption.textContent}`;
      this.canvas.setAttribute('aria-label', label);
    }
    this.panel.legend(by, view, this.#isolated);
    const asked = pointed ?? token,
      known = asked === null || view.indexOf.has(asked),
      near = this.#nearest(asked, shown.matrix);
    this.panel.neighbours(asked, near, shown.matrix, known, view.ids.length);
    if (pointed !== null && this.stage.matches(':focus'))
      this.readout.textContent = `${display(pointed)}, ${count(corpusCount(pointed))} times`;
    this.#redraw(view, pointed === null ? [] : near);
  }

  #redraw(view, near) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (width === 0) return;
    view.place(width, height);
    this.#paint(this.#splatter, view, this.#moving ? 1 : Math.min(3, devicePixelRatio || 1));
    const around = near.map(one => view.indexOf.get(one.id)).filter(i => i !== undefined);
    drawOverlay(this.overlay, view, {
      ...this.#marks(view),
      labels: !this.#moving,
      around,
      pointed: view.indexOf.get(selection().preview) ?? -1,
      lasso: this.#drawing ?? this.#lasso?.(),
    });
  }

  /** What stands on the map and in what is exported of it. */
  #marks(view) {
    return {
      dimmed: i => this.#dimmed(view, i),
      hits: this.#hits,
      locked: view.indexOf.get(selection().token) ?? -1,
      lasso: this.#lasso?.(),
      axes: this.shown.method === 'PCA' && this.shown.explainedVariance,
    };
  }

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

  /** The id of the token at a point, or null. */
  #at(x, y) {
    const view = this.#view(),
      i = view.pick(x, y, j => !this.#dimmed(view, j));
    return i < 0 ? null : view.ids[i];
  }

  #click(x, y, touched) {
    const id = this.#at(x, y);
    if (id === null || (touched && selection().preview !== id)) preview(id);
    else lock({ token: id });
  }

  #outline(outline, finished) {
    this.#drawing = finished ? null : outline;
    if (finished) {
      const view = this.#view(),
        ids = view.inside(outline).map(i => view.ids[i]);
      ids.sort((a, b) => corpusCount(b) - corpusCount(a));
      this.#lasso = view.held(outline);
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

  key() {
    return keyOf(this.#view(), selection().colour);
  }

  csv() {
    return pointRows(this.#view(), this.shown);
  }

  svg() {
    const view = this.#view(),
      splatter = new Splatter(document.createElement('canvas'));
    this.#paint(splatter, view, 2, 'light');
    return drawOverlay(null, view, {
      ...this.#marks(view),
      labels: true,
      around: [],
      pointed: -1,
      mode: 'light',
      picture: splatter.canvas.toDataURL('image/png'),
    });
  }
}

register('vt-embedding-map', EmbeddingMap);

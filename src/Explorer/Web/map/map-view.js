// Where the points of a map are on the screen: fit, zoom, pan, picking, lasso, labels.

const PADDING = 22,
  REACH = 20;

/** Points of one map and the view onto them. Positions are in CSS pixels of the figure. */
export class MapView {
  /**
   * `free` lays the widest direction flat and fills the figure both ways; only for layouts whose
   * axes and distances mean nothing.
   */
  constructor(ids, x, y, free) {
    this.ids = ids;
    this.free = free;
    [this.x, this.y] = free ? laidFlat(x, y) : [x, y];
    this.screenX = new Float32Array(ids.length);
    this.screenY = new Float32Array(ids.length);
    this.indexOf = new Map(Array.from(ids, (id, i) => [id, i]));
    this.bounds = [extent(this.x), extent(this.y)];
    this.reset();
  }

  reset() {
    this.zoom = 1;
    this.shiftX = this.shiftY = 0;
  }

  /**
   * Fits the figure to `width` × `height` and moves every point. One unit is equally long
   * both ways, unless the layout is free.
   */
  place(width, height) {
    const [[left, right], [low, high]] = this.bounds;
    this.width = width;
    this.height = height;
    const across = (width - 2 * PADDING) / (right - left || 1),
      up = (height - 2 * PADDING) / (high - low || 1);
    this.unitX = (this.free ? across : Math.min(across, up)) * this.zoom;
    this.unitY = (this.free ? up : Math.min(across, up)) * this.zoom;
    this.originX = width / 2 + this.shiftX - (this.unitX * (left + right)) / 2;
    this.originY = height / 2 + this.shiftY + (this.unitY * (low + high)) / 2;
    for (let i = 0; i < this.ids.length; i++) {
      this.screenX[i] = this.originX + this.unitX * this.x[i];
      this.screenY[i] = this.originY - this.unitY * this.y[i];
    }
    this.buckets = null;
  }

  /** Zooms by `factor` and keeps the place under (x, y) where it is. */
  zoomAt(factor, x, y) {
    const next = Math.min(60, Math.max(1, this.zoom * factor)),
      ratio = next / this.zoom;
    const centreX = this.width / 2,
      centreY = this.height / 2;
    this.shiftX = x - centreX - (x - centreX - this.shiftX) * ratio;
    this.shiftY = y - centreY - (y - centreY - this.shiftY) * ratio;
    this.zoom = next;
    if (next === 1) this.reset();
    return ratio !== 1;
  }

  pan(dx, dy) {
    this.shiftX += dx;
    this.shiftY += dy;
  }

  /**
   * The point nearest to (x, y) within 20 px, or −1: a uniform grid of that size holds the
   * points in view.
   */
  pick(x, y, allowed = () => true) {
    this.#index();
    let best = -1,
      closest = REACH * REACH;
    const column = Math.floor(x / REACH),
      row = Math.floor(y / REACH);
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) {
        for (const i of this.buckets.get(r * 4096 + c) ?? []) {
          const distance = (this.screenX[i] - x) ** 2 + (this.screenY[i] - y) ** 2;
          if (distance < closest && allowed(i)) [best, closest] = [i, distance];
        }
      }
    }
    return best;
  }

  #index() {
    if (this.buckets) return;
    this.buckets = new Map();
    for (let i = 0; i < this.ids.length; i++) {
      if (!this.visible(i)) continue;
      const key = Math.floor(this.screenY[i] / REACH) * 4096 + Math.floor(this.screenX[i] / REACH);
      if (this.buckets.has(key)) this.buckets.get(key).push(i);
      else this.buckets.set(key, [i]);
    }
  }

  visible(i) {
    return (
      this.screenX[i] >= 0 &&
      this.screenX[i] < this.width &&
      this.screenY[i] >= 0 &&
      this.screenY[i] < this.height
    );
  }

  /**
   * The nearest visible point from `i` toward (dx, dy), within 45° of that direction; `i`
   * itself if there is none.
   */
  toward(i, dx, dy) {
    let best = i,
      shortest = Infinity;
    for (let j = 0; j < this.ids.length; j++) {
      const x = this.screenX[j] - this.screenX[i],
        y = this.screenY[j] - this.screenY[i];
      const along = x * dx + y * dy,
        across = Math.abs(x * dy) + Math.abs(y * dx);
      if (j === i || along <= 0 || across > along || !this.visible(j)) continue;
      const distance = along * along + 4 * across * across;
      if (distance < shortest) [best, shortest] = [j, distance];
    }
    return best;
  }

  /** The points inside a closed outline [[x, y], …] (even-odd rule). */
  inside(outline) {
    const found = [];
    for (let i = 0; i < this.ids.length; i++) {
      const x = this.screenX[i],
        y = this.screenY[i];
      let odd = false;
      for (let a = 0, b = outline.length - 1; a < outline.length; b = a++) {
        const [ax, ay] = outline[a],
          [bx, by] = outline[b];
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
      }
      if (odd) found.push(i);
    }
    return found;
  }

  /** An outline that stays with the points: as it lies on the screen whenever it is asked for. */
  held(outline) {
    const points = outline.map(([x, y]) => [
      (x - this.originX) / this.unitX,
      (this.originY - y) / this.unitY,
    ]);
    return () =>
      points.map(([x, y]) => [this.originX + this.unitX * x, this.originY - this.unitY * y]);
  }

  /**
   * Which points get their name: greedy in `order`, no two overlapping, at most `limit`.
   * `measure(i)`: width in px.
   */
  labels(order, limit, measure, taken = []) {
    const boxes = [...taken],
      chosen = [];
    for (const i of order) {
      if (chosen.length === limit) break;
      const left = this.screenX[i] + 5,
        top = this.screenY[i] - 8,
        right = left + measure(i),
        bottom = top + 16;
      if (!this.visible(i) || right > this.width - 2 || top < 2 || bottom > this.height - 2)
        continue;
      if (
        boxes.some(
          ([l, t, r, b]) => left < r + 14 && l < right + 14 && top < b + 9 && t < bottom + 9,
        )
      )
        continue;
      boxes.push([left, top, right, bottom]);
      chosen.push(i);
    }
    return chosen;
  }
}

function extent(values) {
  let low = Infinity,
    high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

function laidFlat(x, y) {
  const n = x.length;
  let mx = 0,
    my = 0,
    xx = 0,
    xy = 0,
    yy = 0;
  for (let i = 0; i < n; i++) {
    mx += x[i] / n;
    my += y[i] / n;
  }
  for (let i = 0; i < n; i++) {
    xx += (x[i] - mx) ** 2;
    xy += (x[i] - mx) * (y[i] - my);
    yy += (y[i] - my) ** 2;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2,
    c = Math.cos(angle),
    s = Math.sin(angle);
  return [x.map((_, i) => c * x[i] + s * y[i]), x.map((_, i) => c * y[i] - s * x[i])];
}

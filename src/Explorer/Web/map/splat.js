// Many points on a canvas: disc masks computed once and blended into one pixel buffer, no path
// per point.

const masks = new Map();

/** Coverage 0…255 of a disc of `radius` pixels on a square of odd side, with soft edges. */
function mask(radius) {
  const key = radius.toFixed(2);
  if (!masks.has(key)) {
    const reach = Math.ceil(radius),
      side = 2 * reach + 1;
    const cover = new Uint8Array(side * side);
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        const inside = radius + 0.5 - Math.hypot(x, y);
        cover[(y + reach) * side + x + reach] = Math.round(255 * Math.max(0, Math.min(1, inside)));
      }
    }
    masks.set(key, { cover, reach, side });
  }
  return masks.get(key);
}

function pack([r, g, b]) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** A canvas that draws points by splatting. */
export class Splatter {
  #context;
  #image;
  #pixels;

  constructor(canvas) {
    this.canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
  }

  /** Sets the size in device pixels and fills with `background`. */
  begin(width, height, background) {
    if (this.canvas.width !== width || this.canvas.height !== height || !this.#image) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#image = this.#context.createImageData(width, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    this.#pixels.fill(pack(background));
  }

  /**
   * Draws `order.length` points. `xs`, `ys`: device pixels; `shade[i]` indexes `palette`;
   * `strength` 0…1 is how much of the background a point hides.
   */
  points(order, xs, ys, shade, palette, radius, strength) {
    const { cover, reach, side } = mask(radius);
    const { width, height } = this.canvas,
      pixels = this.#pixels;
    for (const i of order) {
      const left = Math.round(xs[i]) - reach,
        top = Math.round(ys[i]) - reach;
      if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
      const [r, g, b] = palette[shade[i]],
        full = pack(palette[shade[i]]);
      for (let y = 0, m = 0; y < side; y++) {
        let at = (top + y) * width + left;
        for (let x = 0; x < side; x++, at++, m++) {
          const part = cover[m] * strength;
          if (part === 0) continue;
          if (part >= 254.5) {
            pixels[at] = full;
            continue;
          }
          const old = pixels[at],
            amount = part / 255;
          const or = old & 255,
            og = (old >> 8) & 255,
            ob = (old >> 16) & 255;
          pixels[at] =
            ((255 << 24) |
              ((ob + (b - ob) * amount) << 16) |
              ((og + (g - og) * amount) << 8) |
              (or + (r - or) * amount)) >>>
            0;
        }
      }
    }
  }

  end() {
    this.#context.putImageData(this.#image, 0, 0);
  }
}

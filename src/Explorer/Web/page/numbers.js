// Numbers as they are shown, and the choice of the largest. Rounding happens here, once; exports
// carry full precision.

const MINUS = '\u2212';

function fixed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** 50257 as `50,257`. */
export function count(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share of a count: `12.1%`, `<0.1%` for a positive share that would round to zero. */
export function percent(value, digits = 1) {
  if (!Number.isFinite(value)) return '–';
  if (value > 0 && value * 100 < 0.5 * 10 ** -digits) return `<${(10 ** -digits).toFixed(digits)}%`;
  return value === 0 ? '0%' : `${(value * 100).toFixed(digits)}%`;
}

/** Times over a baseline: `36.1×`; thousands without decimals. */
export function times(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0×';
  if (value >= 1000) return `${count(value)}×`;
  return value > 0 && value < 0.05 ? '<0.1×' : `${value.toFixed(1)}×`;
}

/** Nats, cosines, scores: two decimals. */
export function score(value) {
  return Number.isFinite(value) ? fixed(value, 2) : '–';
}

/** Deviations: one decimal. */
export function deviations(value) {
  return fixed(value, 1);
}

/** Logits and their parts: always signed, two decimals, never a signed zero. */
export function signed(value) {
  if (!Number.isFinite(value)) return '–';
  const text = fixed(value, 2);
  return Number(value.toFixed(2)) > 0 ? `+${text}` : text;
}

/** A probability in a read-out: `0.12`, below 0.01 as `3 × 10⁻⁵`. */
export function probability(value) {
  return value >= 0.01 || value === 0 ? value.toFixed(2) : powerOfTen(value, ' ');
}

/** A residual: `2 × 10⁻⁶`, its sign left out. */
export function residual(value) {
  return value === 0 ? '0' : powerOfTen(Math.abs(value), '\u00a0');
}

function powerOfTen(value, space) {
  const [digits, exponent] = value.toExponential(0).split('e');
  const raised = [...exponent.replace('+', '')].map(c => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]));
  return `${digits}${space}×${space}10${raised.join('')}`;
}

/** Axis ticks at 1, 2 or 5 times a power of ten: at most about `wanted` within [low, high]. */
export function ticks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find(factor => factor * power >= raw * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++)
    found.push(i * step);
  return found;
}

/** The label of a tick, with the decimals its step needs. */
export function tickLabel(value, step) {
  return Math.abs(value) >= 1000
    ? fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ',')
    : fixed(value, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

/** The sum of numbers, in their order. */
export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** The index of the value of an ascending list that is nearest to `wanted`; the later of two. */
export function nearestIndex(values, wanted) {
  let best = 0;
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i] - wanted) <= Math.abs(values[best] - wanted)) best = i;
  return best;
}

/**
 * The largest `wanted` of `size` candidates by `key`, best first; NaN is left out, ties go to
 * the lower index.
 */
export function largest(size, wanted, key) {
  const ids = [],
    keys = [];
  for (let id = 0; id < size; id++) {
    const value = key(id);
    if (Number.isNaN(value) || (ids.length === wanted && value <= keys[wanted - 1])) continue;
    let at = ids.length;
    while (at > 0 && keys[at - 1] < value) at--;
    ids.splice(at, 0, id);
    keys.splice(at, 0, value);
    if (ids.length > wanted) {
      ids.pop();
      keys.pop();
    }
  }
  return ids;
}

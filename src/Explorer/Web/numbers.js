// Numbers as they are shown. Rounding happens here, once; exports carry full precision.

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

/** Logits and their parts: always signed, two decimals, never a signed zero. */
export function signed(value) {
  if (!Number.isFinite(value)) return '–';
  const text = fixed(value, 2);
  return Number(value.toFixed(2)) > 0 ? `+${text}` : text;
}

/** A probability in a read-out: `0.12`, below 0.01 as `3 × 10⁻⁵`. */
export function probability(value) {
  if (value >= 0.01 || value === 0) return value.toFixed(2);
  const [digits, exponent] = value.toExponential(0).split('e');
  return `${digits} × 10${superscript(exponent)}`;
}

function superscript(digits) {
  return [...digits.replace('+', '')].map(c => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c])).join('');
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

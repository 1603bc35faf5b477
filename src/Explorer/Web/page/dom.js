// Elements from code. Text is set through text nodes only, so no string can become markup.

const SVG = 'http://www.w3.org/2000/svg';

function build(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith('aria-')) element.setAttribute(name, String(value));
    else if (value === false) continue;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style')
      for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * An HTML element: `h('td.n', '12.1%')`, `h('p.wrong', {role: 'alert'}, …)`: its classes follow the
 * tag, and properties may be left out; `on…` properties are listeners.
 */
export function h(tag, ...rest) {
  const [name, ...classes] = tag.split('.'),
    element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  if (name === 'button') element.type = 'button';
  return build(element, isProperties(rest[0]) ? rest.shift() : {}, rest);
}

function isProperties(one) {
  return one?.constructor === Object;
}

/** An SVG element. */
export function s(tag, properties, ...children) {
  return build(document.createElementNS(SVG, tag), properties, children);
}

/**
 * Replaces what is inside `element`; false and null among the children are left out. Focus inside
 * goes to what takes the place of its holder: hover redraws read-outs, and Tab must get past them.
 */
export function fill(element, ...children) {
  const holder = document.activeElement,
    at = element.contains(holder) && holder !== element ? stopsOf(element).indexOf(holder) : -1;
  element.replaceChildren();
  append(element, children);
  const heir = at >= 0 && stopsOf(element)[at];
  if (heir && saysTheSame(heir, holder)) heir.focus({ preventScroll: true });
}

function saysTheSame(one, other) {
  return (
    one.textContent === other.textContent &&
    JSON.stringify(one.dataset) === JSON.stringify(other.dataset)
  );
}

function stopsOf(element) {
  return allOf(element, 'a[href], button, input, [tabindex]');
}

/** What a selector finds below `root`, as a list. */
export function allOf(root, selector) {
  return [...root.querySelectorAll(selector)];
}

/** A table; `heads` are the texts or `th` of its heading, or null, `rows` its `tr`. */
export function table(heads, rows, tag = 'table') {
  const named = one => (typeof one === 'string' ? h('th', { scope: 'col' }, one) : one);
  return h(tag, heads && h('thead', h('tr', heads.map(named))), h('tbody', rows));
}

/** What a click on a row does, but for one on a link or button in it. */
export function rowClick(act) {
  return event => {
    if (!event.target.closest('a, button')) act();
  };
}

/** The heading of a column of numbers, at the right; `more` are further classes. */
export function numberHead(label, more = '') {
  return h('th', { scope: 'col', class: `n${more}` }, label);
}

/** The empty heading above bars. */
export function barHead(more = '') {
  return h('th', { class: `bar${more}`, 'aria-hidden': 'true' });
}

/** What stands above a table or a chart: title, how to read it, a control at the right. */
export function tableHead(title, note, control) {
  return h('div.table-head', h('div', h('h3', title), h('p.note', note)), control);
}

/**
 * A heading that sorts by its column: `sorted` is the direction in which the rows stand by it, or
 * null; `marked` shows an arrow.
 */
export function sortHead(label, { class: kind, sorted, marked = sorted, focus, onclick }) {
  return h(
    'th',
    { scope: 'col', class: kind, 'aria-sort': sorted },
    h('button', { class: marked ? 'sort chosen' : 'sort', 'data-focus': focus, onclick }, label),
  );
}

/** A letter with a subscript, as the field writes its matrices: `W` with `E` below. */
export function matrixName(name) {
  const [letter, index] = name.split('_');
  return h('span.matrix', letter, h('sub', index));
}

/** Runs `start` once, when the reader comes near `element`. */
export function whenNear(element, start) {
  const observer = new IntersectionObserver(
    entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      observer.disconnect();
      start();
    },
    { rootMargin: '600px' },
  );
  observer.observe(element);
}

/** Puts text on the clipboard, also where the modern way is missing. */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = h('textarea.spoken');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/**
 * A row of exclusive buttons; `options` are [value, label (text or node), spoken label?], or values
 * that are their own labels. `offer(options)` replaces them where they differ, `select` marks one.
 */
export function segments(label, options, choose) {
  const group = h('div.segments', { role: 'radiogroup', 'aria-label': label });
  const select = value => {
    for (const button of group.children) {
      const on = button.dataset.value === value;
      button.setAttribute('aria-checked', on);
      button.tabIndex = on ? 0 : -1;
    }
  };
  const button = one => {
    const [value, text, spoken] = Array.isArray(one) ? one : [one, one];
    const onclick = () => {
      select(value);
      choose(value);
    };
    return h('button', { role: 'radio', 'data-value': value, 'aria-label': spoken, onclick }, text);
  };
  let offered = null;
  group.offer = given => {
    const shown = JSON.stringify(given);
    if (shown !== offered) fill(group, given.map(button));
    offered = shown;
  };
  group.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...group.children];
    const next =
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  group.select = select;
  group.offer(options);
  return group;
}

/** What stands in place of a figure that cannot be drawn. */
export function wrong(reason) {
  return h('p.wrong', { role: 'alert' }, h('strong', 'Not drawn. '), reason);
}

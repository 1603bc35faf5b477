// Elements from code. Text is set through text nodes only, so no string can become markup.

const SVG = 'http://www.w3.org/2000/svg';

function build(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
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

/** An HTML element: `h('td', {class: 'n'}, '12.1%')`; `on…` properties are listeners. */
export function h(tag, properties, ...children) {
  return build(document.createElement(tag), properties, children);
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
  return [...element.querySelectorAll('a[href], button, input, [tabindex]')];
}

/** A letter with a subscript, as the field writes its matrices: `W` with `E` below. */
export function matrixName(name) {
  const [letter, index] = name.split('_');
  return h('span', { class: 'matrix' }, letter, h('sub', null, index));
}

/** Calls `action` at most once per frame, with the last arguments. */
export function perFrame(action) {
  let queued = 0,
    last;
  return (...values) => {
    last = values;
    queued ||= requestAnimationFrame(() => {
      queued = 0;
      action(...last);
    });
  };
}

/** Runs `start` once, when the reader comes near `element`: large arrays are decoded then. */
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
  const area = h('textarea', { class: 'spoken' });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** A row of exclusive buttons; `options` are [value, label (text or node), spoken label?]. */
export function segments(label, options, chosen, choose) {
  const group = h('div', { class: 'segments', role: 'radiogroup', 'aria-label': label });
  const select = value => {
    for (const button of group.children) {
      const on = button.dataset.value === value;
      button.setAttribute('aria-checked', on);
      button.tabIndex = on ? 0 : -1;
    }
  };
  for (const [value, text, spoken] of options) {
    group.append(
      h(
        'button',
        {
          type: 'button',
          role: 'radio',
          'data-value': value,
          'aria-label': spoken,
          onclick: () => {
            select(value);
            choose(value);
          },
        },
        text,
      ),
    );
  }
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
  select(chosen);
  return group;
}

/** What stands in place of a figure that cannot be drawn. */
export function wrong(reason) {
  return h('p', { class: 'wrong', role: 'alert' }, h('strong', null, 'Not drawn. '), reason);
}

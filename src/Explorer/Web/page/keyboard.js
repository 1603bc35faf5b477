// One tab stop per figure: arrows move between its items.

import { allOf } from './dom.js';

/**
 * Makes items one tab stop of `root`: those of `stops()`, [column][row], or one column of those that
 * a selector finds. Call the result after the items have changed.
 */
export function roving(root, stops) {
  const columns = typeof stops === 'string' ? () => [allOf(root, stops)] : stops,
    all = () => columns().flat();
  const refresh = () => {
    const items = all();
    const kept = items.includes(document.activeElement) ? document.activeElement : items[0];
    for (const item of items) item.tabIndex = item === kept ? 0 : -1;
  };
  root.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const grid = columns();
    const column = grid.findIndex(items => items.includes(event.target));
    if (column < 0) return;
    const items = grid[column],
      row = items.indexOf(event.target),
      stride = event.shiftKey ? 10 : 1;
    const target = {
      ArrowDown: () => items[Math.min(items.length - 1, row + stride)],
      ArrowUp: () => items[Math.max(0, row - stride)],
      ArrowRight: () => beside(grid, column, 1, row),
      ArrowLeft: () => beside(grid, column, -1, row),
      Home: () => items[0],
      End: () => items.at(-1),
    }[event.key]?.();
    if (!target) return;
    event.preventDefault();
    for (const item of all()) item.tabIndex = item === target ? 0 : -1;
    target.focus();
  });
  refresh();
  return refresh;
}

function beside(grid, column, step, row) {
  for (let c = column + step; c >= 0 && c < grid.length; c += step) {
    if (grid[c].length > 0) return grid[c][Math.min(row, grid[c].length - 1)];
  }
  return null;
}

/** The way to give focus back to the part of `root` that has it now, after it was drawn again. */
export function refocus(root) {
  const held = document.activeElement,
    name = root.contains(held) ? held.dataset.focus : undefined;
  return () => {
    if (name)
      root.querySelector(`[data-focus="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  };
}

/**
 * Where a key moves to in a grid whose columns end at `last`: [row, column], which may lie outside;
 * undefined for other keys. `up` is the way of the arrow up: 1 where rows grow upward, −1 downward.
 */
export function cellAfter(event, [row, column], last, up = 1) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const stride = event.shiftKey ? 10 : 1;
  const to = {
    ArrowRight: [row, column + stride],
    ArrowLeft: [row, column - stride],
    ArrowUp: [row + up * stride, column],
    ArrowDown: [row - up * stride, column],
    Home: [row, 0],
    End: [row, last],
  }[event.key];
  if (to) event.preventDefault();
  return to;
}

/**
 * Where a key moves to among `size` places in a row, from place `at`; undefined for other keys.
 * `down` is the way of the arrow down: 1 for lists, −1 for values that grow upward, 0 for none.
 */
export function placeAfter(event, at, size, down = 1) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const stride = event.shiftKey ? 10 : 1;
  const way = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: down, ArrowUp: -down }[event.key];
  const to = way ? at + way * stride : { Home: 0, End: size - 1 }[event.key];
  if (to === undefined) return undefined;
  event.preventDefault();
  return Math.max(0, Math.min(size - 1, to));
}

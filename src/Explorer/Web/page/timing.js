// When things run: drawing once per frame, what is out of sight when nothing else waits, and all of
// it at once before the page is printed.

const frames = new Set(),
  idle = new Set();

/** Calls `action` at most once per frame, with the last arguments. */
export function perFrame(action) {
  let last;
  const run = () => {
    if (frames.delete(run)) action(...last);
  };
  return (...values) => {
    last = values;
    if (frames.has(run)) return;
    frames.add(run);
    requestAnimationFrame(run);
  };
}

/** Runs `task` when nothing else waits: one task at a time, in the order in which they came. */
export function whenIdle(task) {
  if (idle.add(task).size === 1) next();
}

/** Takes back a task that waits; says whether it did. */
export function notWhenIdle(task) {
  return idle.delete(task);
}

function next() {
  (globalThis.requestIdleCallback ?? setTimeout)(
    () => {
      const [first] = idle;
      idle.delete(first);
      if (idle.size > 0) next();
      first?.();
    },
    { timeout: 50 },
  );
}

/** Runs everything that waits, now. */
export function finishWaiting() {
  for (const task of idle) {
    idle.delete(task);
    task();
  }
  for (const run of frames) run();
}

/** Calls `before` when the page is about to be printed, or shown as on paper, and `after` then. */
export function aroundPrint(before, after) {
  let printing = false;
  const turn = on => {
    if (on === printing) return;
    printing = on;
    (on ? before : after)();
  };
  addEventListener('beforeprint', () => turn(true));
  addEventListener('afterprint', () => turn(false));
  matchMedia('print').addEventListener('change', ({ matches }) => turn(matches));
}

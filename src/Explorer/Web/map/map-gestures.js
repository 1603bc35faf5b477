// Wheel, drag, pinch, hold-and-draw: what hands do on a map, as calls.

const HOLD_MS = 350,
  STILL_PX = 6;

/**
 * `calls`: {hover(x, y), leave(), click(x, y), pan(dx, dy), zoom(factor, x, y) → whether it
 * changed, reset(), lasso(outline, finished), settle(), lassoMode() → whether a plain drag draws}.
 */
export function watchGestures(element, calls) {
  const at = event => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  mouse(element, calls, at);
  touch(element, calls, at);
  element.addEventListener(
    'wheel',
    event => {
      if (
        calls.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), ...at(event))
      )
        event.preventDefault();
    },
    { passive: false },
  );
  element.addEventListener('dblclick', calls.reset);
}

function mouse(element, calls, at) {
  let drag = null;
  element.addEventListener('pointerdown', event => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    const draws = event.shiftKey || calls.lassoMode();
    drag = { from: at(event), last: at(event), moved: false, outline: draws ? [at(event)] : null };
    element.setPointerCapture(event.pointerId);
    if (draws) event.preventDefault();
  });
  element.addEventListener('pointermove', event => {
    if (event.pointerType === 'touch') return;
    const [x, y] = at(event);
    if (!drag) {
      calls.hover(x, y);
      return;
    }
    drag.moved ||= Math.hypot(x - drag.from[0], y - drag.from[1]) > 3;
    if (drag.outline) (calls.lasso([...drag.outline, [x, y]], false), drag.outline.push([x, y]));
    else if (drag.moved) calls.pan(x - drag.last[0], y - drag.last[1]);
    drag.last = [x, y];
  });
  const finish = event => {
    if (!drag || event.pointerType === 'touch') return;
    const { moved, outline, last } = drag;
    drag = null;
    if (outline && moved) calls.lasso(outline, true);
    else if (!moved && event.type === 'pointerup') calls.click(...last);
    else calls.settle();
  };
  element.addEventListener('pointerup', finish);
  element.addEventListener('pointercancel', finish);
  element.addEventListener('pointerleave', event => {
    if (!drag && event.pointerType !== 'touch') calls.leave();
  });
}

function touch(element, calls, at) {
  let start = null,
    pinch = null,
    outline = null,
    timer = 0;
  const both = event => {
    const [a, b] = [at(event.touches[0]), at(event.touches[1])];
    return {
      x: (a[0] + b[0]) / 2,
      y: (a[1] + b[1]) / 2,
      span: Math.hypot(a[0] - b[0], a[1] - b[1]),
    };
  };
  element.addEventListener(
    'touchstart',
    event => {
      clearTimeout(timer);
      if (event.touches.length === 2) {
        [pinch, outline, start] = [both(event), null, null];
        event.preventDefault();
        return;
      }
      start = at(event.touches[0]);
      if (calls.lassoMode()) outline = [start];
      else
        timer = setTimeout(() => {
          if (start) outline = [start];
        }, HOLD_MS);
    },
    { passive: false },
  );
  element.addEventListener(
    'touchmove',
    event => {
      if (pinch && event.touches.length === 2) {
        const now = both(event);
        calls.pan(now.x - pinch.x, now.y - pinch.y);
        calls.zoom(now.span / pinch.span, now.x, now.y);
        pinch = now;
      } else if (outline) {
        outline.push(at(event.touches[0]));
        calls.lasso(outline, false);
      } else {
        const [x, y] = at(event.touches[0]);
        if (start && Math.hypot(x - start[0], y - start[1]) > STILL_PX) {
          clearTimeout(timer);
          start = null;
        }
        return;
      }
      event.preventDefault();
    },
    { passive: false },
  );
  const finish = event => {
    clearTimeout(timer);
    if (outline?.length > 3) {
      calls.lasso(outline, true);
      event.preventDefault();
    } else if (pinch) {
      calls.settle();
      event.preventDefault();
    } else if (start && event.type === 'touchend') {
      calls.click(...start, true);
      event.preventDefault();
    }
    if (event.touches.length === 0) [start, pinch, outline] = [null, null, null];
  };
  element.addEventListener('touchend', finish, { passive: false });
  element.addEventListener('touchcancel', finish, { passive: false });
  element.addEventListener('contextmenu', event => {
    if (outline) event.preventDefault();
  });
}

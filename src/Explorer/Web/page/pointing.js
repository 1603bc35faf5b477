// The pointer and focus on marks: hover and focus preview a mark, a click chooses it, a tap previews
// it first.

/**
 * Makes the marks below `root` live. `calls`: {at(target) → the mark of an element or null, shown()
 * → the mark that is previewed, preview(mark or null), leave?(), choose(mark, target)}; `edge` is
 * the element that the pointer leaves.
 */
export function watchMarks(root, { at, shown, preview, leave, choose }, edge = root) {
  let touch = false;
  root.addEventListener(
    'pointerdown',
    event => {
      touch = event.pointerType === 'touch';
    },
    true,
  );
  root.addEventListener('pointerover', event => {
    if (event.pointerType !== 'touch') preview(at(event.target));
  });
  edge.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'touch') (leave ?? preview)(null);
  });
  root.addEventListener('focusin', event => {
    if (!touch) preview(at(event.target));
  });
  root.addEventListener('click', event => {
    const mark = at(event.target);
    if (mark === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (touch && shown() !== mark) preview(mark);
    else choose(mark, event.target);
  });
}

/** What `read` makes of an attribute of an element or of what holds it; null without one. */
export function dataAt(target, name, read = text => text) {
  const found = target instanceof Element ? target.closest(`[data-${name}]`) : null;
  return found ? read(found.dataset[name]) : null;
}

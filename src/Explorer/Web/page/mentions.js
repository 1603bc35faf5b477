// What every mention of a thing shares: one attribute marks it, hover and focus preview it, a click
// chooses it, and all mentions of the same thing are marked together.

/**
 * Makes every element with `data-kind` on the page live, those of the page's own HTML too; called
 * once a kind. `read` makes the value of the attribute's text; `shown()` is what is previewed now.
 * A tap previews first and chooses second.
 */
export function watchMentions(kind, { read, shown, preview, choose }) {
  let touch = false;
  const at = target => {
    const found = target instanceof Element ? target.closest(`[data-${kind}]`) : null;
    return found ? read(found.dataset[kind]) : null;
  };
  document.addEventListener(
    'pointerdown',
    event => {
      touch = event.pointerType === 'touch';
    },
    true,
  );
  document.addEventListener('pointerover', event => {
    if (event.pointerType !== 'touch') preview(at(event.target));
  });
  document.documentElement.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'touch') preview(null);
  });
  document.addEventListener('focusin', event => {
    if (!touch) preview(at(event.target));
  });
  document.addEventListener('click', event => {
    const value = at(event.target);
    if (value === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (touch && shown() !== value) preview(value);
    else choose(value, event.target);
  });
  document.addEventListener('keydown', event => {
    const value = at(event.target);
    if (value === null || event.key !== 'Enter' || event.target instanceof HTMLAnchorElement)
      return;
    event.preventDefault();
    choose(value, event.target);
  });
}

/** Gives the class `state` to every mention of a value, and to no other. */
export function markMentions(kind, state, value) {
  for (const old of document.querySelectorAll(`[data-${kind}].${state}`))
    old.classList.remove(state);
  if (value === null) return;
  for (const one of document.querySelectorAll(`[data-${kind}="${value}"]`))
    one.classList.add(state);
}

// Where a model began to see other data: thin lines across a chart over training.

/**
 * Draws `changes` ({step, name}) from `top` to `bottom`, each named above its line where there is
 * room.
 */
export function drawChanges(paper, changes, x, top, bottom, right) {
  let free = 0;
  for (const { step, name } of changes ?? []) {
    const at = x(step),
      width = 6.2 * name.length;
    paper.line(at, top, at, bottom, { stroke: 'ink3', 'stroke-dasharray': '1 3' });
    if (at < free || at + width > right) continue;
    paper.text(at, top - 4, name, { 'font-size': 11 });
    free = at + width + 8;
  }
}

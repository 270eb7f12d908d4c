/* The calls that a path or a proof tells of, as a picture: functions one below the other, each under
   and behind the one that calls it; the numbers on a function are its steps. */

const ROW = 34;
const INDENT = 26;
const LETTER = 7.3;
const BEAD = 19;
const MOST_BEADS = 16;

function callPicture(item, steps, go) {
  const nodes = callRows(item, steps);
  if (nodes.length < 2) return null;
  const at = new Map(nodes.map((node, row) => [node.name, row]));
  const width = Math.max(...nodes.map((node) => node.right)) + 8;
  const height = nodes.length * ROW + 6;
  const edges = item.calls.map(([caller, callee, step]) =>
    edgeView(nodes[at.get(caller)], nodes[at.get(callee)], step < 0 ? item.line : steps[step].step.line));
  return h('figure', {class: 'calls'},
    h('figcaption', {}, 'Calls'),
    h('div', {class: 'scroll'},
      svg('svg', {width, height, viewBox: `0 0 ${width} ${height}`, role: 'group',
        'aria-label': `The calls: ${nodes.map((node) => `${node.name}()`).join(', ')}`},
      edges, nodes.map((node) => nodeView(node, item, go)))));
}

function callRows(item, steps) {
  const names = [...new Set(steps.map(({step}) => step.function).filter(Boolean))];
  if (item.function && !names.includes(item.function)) names.push(item.function);
  const callees = new Map(names.map((name) => [name, []]));
  const called = new Set();
  for (const [caller, callee] of item.calls) {
    callees.get(caller).push(callee);
    called.add(callee);
  }
  const rows = [];
  const seen = new Set();
  const walk = (name, depth) => {
    if (seen.has(name)) return;
    seen.add(name);
    rows.push(callNode(name, depth, rows.length, steps.filter(({step}) => step.function === name)));
    for (const callee of callees.get(name)) walk(callee, depth + 1);
  };
  for (const name of names) if (!called.has(name)) walk(name, 0);
  for (const name of names) walk(name, 0);
  return rows;
}

function callNode(name, depth, row, steps) {
  const left = 8 + depth * INDENT;
  const label = `${name}()`;
  const size = 18 + label.length * LETTER + (steps.length ? 6 + beadsOf(steps).length * BEAD : 0);
  return {name, label, steps, left, right: left + size, size, middle: row * ROW + ROW / 2 + 3};
}

/* The last bead stays: it leads to where the path goes on. */
function beadsOf(steps) {
  if (steps.length <= MOST_BEADS) return steps;
  return [...steps.slice(0, MOST_BEADS - 2), null, steps[steps.length - 1]];
}

function edgeView(from, to, told) {
  const x = from.left + 12;
  const down = to.middle > from.middle;
  const start = from.middle + (down ? 12 : -12);
  const path = down && to.left > x
    ? `M${x} ${start}V${to.middle - 6}q0 6 6 6H${to.left - 5}`
    : `M${from.left} ${from.middle}C${from.left - 24} ${from.middle} ${to.left - 24} ${to.middle} ${to.left - 5} ${to.middle}`;
  const title = svg('title', {}, `${from.label} calls ${to.label}, line ${told}`);
  return svg('g', {class: 'edge'}, svg('path', {d: path}, title),
    svg('path', {class: 'head', d: `M${to.left - 1} ${to.middle}l-6 -3.5v7z`}));
}

function nodeView(node, item, go) {
  const site = node.name === item.function;
  const first = node.steps[0] || (site ? {id: 'place', label: 'the place'} : undefined);
  const beads = node.left + 14 + node.label.length * LETTER;
  const open = first ? () => go(first.id) : undefined;
  return svg('g', {class: `node${site ? ' site' : ''}`, tabindex: first ? '0' : undefined,
    role: first ? 'button' : undefined, 'aria-label': first ? `${node.label}, ${first.step ? `step ${first.label}` : first.label}` : node.label,
    onclick: open, onkeydown: (event) => {
      if (open && (event.key === 'Enter' || event.key === ' ')) {
        event.preventDefault();
        event.stopPropagation();
        open();
      }
    }},
  svg('rect', {x: node.left, y: node.middle - 12, width: node.size, height: 24, rx: 4}),
  svg('text', {x: node.left + 9, y: node.middle + 4}, node.label),
  beadsOf(node.steps).map((each, at) => beadView(each, beads + at * BEAD + 9, node.middle, go)));
}

function beadView(each, x, y, go) {
  if (!each) return svg('text', {class: 'more', x, y: y + 3.5, 'text-anchor': 'middle'}, '…');
  return svg('g', {class: 'bead', 'data-step': each.id, onclick: (event) => {
    event.stopPropagation();
    go(each.id);
  }},
  svg('circle', {cx: x, cy: y, r: 8}),
  svg('text', {x, y: y + 3.5, 'text-anchor': 'middle'}, each.label),
  svg('title', {}, `${each.step.line}: ${each.step.text}`));
}

/* Steps in the source that they speak of. Steps that follow each other down one function share a
   block, with a note below each line that a step is about. */

const AROUND = 2;
const TOKENS = /(\/\*.*?(?:\*\/|$)|\/\/.*|^\s*\*(?:\s.*|\/)?$|"(?:\\.|[^"\\])*"?)|\b(break|case|const|continue|default|do|else|enum|extern|for|goto|if|inline|return|sizeof|static|struct|switch|typedef|union|unsigned|void|volatile|while)\b/gm;

function blocksOf(steps) {
  const blocks = [];
  for (const each of steps) {
    const last = blocks[blocks.length - 1];
    const step = each.step;
    const goesOn = last && last.file === step.file && last.name === step.function &&
      last.depth === each.depth && step.line >= last.steps[last.steps.length - 1].step.line;
    if (goesOn) last.steps.push(each);
    else blocks.push({file: step.file, name: step.function, depth: each.depth, steps: [each]});
  }
  return blocks;
}

function stepList(numbered, first, prefix) {
  return numbered.map(([index, depth], at) => ({step: REPORT.steps[index], depth,
    label: String(first + at), id: `${prefix}${first + at}`}));
}

function blockView(block, within) {
  const same = within && within.file === block.file && within.name === block.name;
  const where = block.name ? `${block.name}()` : 'no function';
  const depth = Math.min(block.depth, 6);
  return h('section', {class: `block depth${depth}`},
    h('h4', {class: same ? 'same' : ''}, h('span', {class: 'name'}, where), ' ',
      h('span', {class: 'place'}, REPORT.files[block.file])),
    excerpt(block));
}

function excerpt(block) {
  const wanted = new Map();
  for (const {step} of block.steps) {
    for (let line = step.line - AROUND; line <= step.line + AROUND; line++) {
      if (!wanted.has(line)) wanted.set(line, sourceLine(block.file, line));
    }
  }
  const lines = [...wanted.keys()].sort((one, other) => one - other)
    .filter((line) => wanted.get(line) !== undefined || block.steps.some(({step}) => step.line === line));
  const margin = commonTabs(lines.map((line) => wanted.get(line)).filter((text) => text && text.trim()));
  const rows = [];
  let before = lines[0];
  for (const line of lines) {
    if (line > before + 1) rows.push(h('div', {class: 'gap', 'aria-hidden': 'true'}, '⋮'));
    before = line;
    const here = block.steps.filter(({step}) => step.line === line);
    if (wanted.get(line) !== undefined) rows.push(lineView(line, wanted.get(line), here, margin));
    rows.push(...here.map(noteView));
  }
  return h('div', {class: 'source'}, rows);
}

function commonTabs(texts) {
  return texts.length ? Math.min(...texts.map((text) => /^\t*/.exec(text)[0].length)) : 0;
}

function lineView(line, text, steps, margin) {
  const mark = steps.length ? steps[steps.length - 1].step.mark : undefined;
  return h('div', {class: steps.length ? 'line hit' : 'line'},
    h('span', {class: 'number'}, String(line)),
    h('code', {}, marked(text, mark, margin)));
}

function marked(text, mark, margin) {
  const cut = (value) => Math.max(margin, Math.min(text.length, value));
  if (!mark) return tokens(text.slice(cut(0)));
  const start = cut(mark[0] - 1);
  const end = mark[1] ? Math.max(start, cut(mark[1] - 1)) : text.length;
  if (end - start < 2) return tokens(text.slice(cut(0))); /* A place without a size. */
  return [tokens(text.slice(cut(0), start)), h('mark', {}, tokens(text.slice(start, end))),
    tokens(text.slice(end))];
}

function tokens(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(TOKENS)) {
    parts.push(text.slice(at, found.index));
    parts.push(h('span', {class: found[1] ? 'quiet' : 'word'}, found[0]));
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}

function noteView({step, label, id, own}) {
  return h('div', {class: `note${step.proof ? ' proof' : ''}${own ? ' own' : ''}`, id, tabindex: '-1'},
    h('span', {class: 'bead'}, label), h('span', {class: 'said'}, step.text));
}

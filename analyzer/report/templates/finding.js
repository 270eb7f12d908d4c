/* One finding: what is wrong, how one gets there, what it rests on, and the rule. */

function findingView(item) {
  const path = stepList(item.path, 1, 'step');
  const evidence = stepList(item.evidence, item.path.length + 1, 'step');
  const steps = [...path, ...evidence];
  const go = (id) => toStep(id);
  const info = item.info;
  return h('article', {class: `finding is-${item.verdict}`},
    h('p', {class: 'kicker'},
      h('span', {class: `verdict ${item.verdict}`}, `${SIGNS[item.verdict]} ${item.verdict}`),
      item.verdict === 'violated' ? h('span', {class: 'level'}, item.level === 'ledger' ? 'counted only' : item.level) : null,
      h('a', {class: 'rule', href: '#the-rule', onclick: toRule}, `${info.code} ${item.rule}`),
      h('span', {class: 'place'}, `${item.place}:${item.column}`)),
    h('h2', {id: 'heading', tabindex: '-1'}, item.message),
    standing(item),
    item.condition ? h('p', {class: 'because'}, 'Only if ', h('code', {}, item.condition), '.') : null,
    callPicture(item, steps, go),
    placeView(item, path),
    path.length ? h('section', {}, h('h3', {}, 'The path'), chain(path)) : null,
    evidence.length ? h('section', {}, h('h3', {}, evidenceTitle(item)), chain(evidence)) : null,
    ruleView(info),
    h('p', {class: 'explain'}, 'Tell its story: ', h('code', {}, `zaplint explain ${item.id}`)));
}

/* A message says what would be wrong; of what is not violated it is told how it stands. */
function standing(item) {
  if (item.suppressed) return h('p', {class: 'because'}, `Not reported: ${item.suppressed}`);
  if (item.verdict === 'proved') return h('p', {class: 'because'}, 'The rule is kept here, on every path through every caller.');
  if (item.verdict !== 'open') return null;
  return h('p', {class: 'because'}, `Neither proved nor violated${item.reason ? `: ${item.reason}` : ''}.`);
}

function evidenceTitle(item) {
  if (item.verdict === 'proved') return 'What proves it';
  return item.path.length ? 'What that rests on' : 'What is known';
}

/* The place itself, unless the path shows it. */
function placeView(item, path) {
  if (path.some(({step}) => step.file === item.file && step.line === item.line)) return null;
  const step = {file: item.file, line: item.line, mark: item.mark, function: item.function, text: 'the place'};
  const own = {step, depth: 0, label: SIGNS[item.verdict], id: 'place', own: true};
  return h('section', {}, h('h3', {}, 'The place'), chain([own]));
}

function chain(steps) {
  const blocks = blocksOf(steps);
  return blocks.map((block, at) => blockView(block, blocks[at - 1]));
}

function ruleView(info) {
  return h('details', {class: 'about', id: 'the-rule'},
    h('summary', {}, h('span', {class: 'code'}, info.code), ` ${info.title}`),
    h('div', {class: 'prose'}, prose(info.what),
      h('h4', {}, 'Why'), prose(info.why), h('h4', {}, 'How to mend it'), prose(info.fix),
      info.kernel ? h('p', {}, `For Linux ${info.kernel}.`) : null,
      info.bad ? [h('h4', {}, 'Wrong'), h('pre', {}, tokens(info.bad))] : null,
      info.good ? [h('h4', {}, 'Right'), h('pre', {}, tokens(info.good))] : null,
      info.references.length ? [h('h4', {}, 'References'),
        h('ul', {}, info.references.map((each) => h('li', {}, reference(each))))] : null));
}

function toRule(event) {
  event.preventDefault();
  const rule = byId('the-rule');
  rule.open = true;
  rule.querySelector('summary').focus();
}

function toStep(id) {
  const step = byId(id);
  if (!step) return;
  for (const other of byId('reading').querySelectorAll('.here')) other.classList.remove('here');
  step.classList.add('here');
  for (const bead of byId('reading').querySelectorAll(`[data-step="${id}"]`)) bead.classList.add('here');
  step.focus({preventScroll: true});
  step.scrollIntoView({block: 'center'});
}

function nextStep(by) {
  const notes = [...document.querySelectorAll('#reading .note')];
  if (!notes.length) return;
  const at = notes.findIndex((note) => note.classList.contains('here'));
  const next = at < 0 ? (by > 0 ? 0 : notes.length - 1) : at + by;
  if (notes[next]) toStep(notes[next].id);
}

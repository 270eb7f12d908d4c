/* Puts the page together and listens. */

function headView() {
  const origin = [REPORT.branch, REPORT.revision.slice(0, 12), REPORT.repository].filter(Boolean).join(' · ');
  return [h('h1', {}, h('button', {type: 'button', class: 'link', onclick: () => close(true)}, `Linux ${REPORT.release}`)),
    h('p', {}, origin),
    h('nav', {},
      h('button', {type: 'button', id: 'to-overview', onclick: () => close(true)}, 'Overview'),
      h('button', {type: 'button', 'aria-haspopup': 'dialog', onclick: () => byId('help').showModal()}, 'Keys ', h('kbd', {}, '?')),
      h('span', {class: 'soft'}, `zaplint ${REPORT.version}`)),
    REPORT.complete ? null : h('p', {class: 'notice', role: 'alert'},
      'Incomplete: part of what was asked for could not be analysed. No findings mean nothing there.')];
}

function helpView() {
  const keys = [['j  ↓', 'next finding'], ['k  ↑', 'previous finding'], ['Enter', 'open the finding'],
    ['n  p', 'next and previous step'], ['/', 'filter by words'], ['Esc', 'back: to the list, to the overview'],
    ['?', 'these keys']];
  return [h('h2', {id: 'help-title'}, 'Keys'),
    h('dl', {}, keys.map(([key, what]) => [h('dt', {}, key.split('  ').map((one) => h('kbd', {}, one))), h('dd', {}, what)])),
    h('form', {method: 'dialog'}, h('button', {}, 'Close'))];
}

/* Filters. */

function option(value, text) {
  return h('option', {value}, text);
}

function tally(key, of) {
  const counts = new Map();
  for (const item of ITEMS) if (fits(item, key)) counts.set(of(item), (counts.get(of(item)) || 0) + 1);
  return counts;
}

function fillSelect(key, values, of) {
  const counts = tally(key, of);
  const kept = values.filter((value) => counts.has(value) || value === state[key]);
  byId(key).replaceChildren(option('', 'all'),
    ...kept.map((value) => option(value, `${value} (${number(counts.get(value) || 0)})`)));
  byId(key).value = state[key];
}

function showFilters() {
  if (byId('query').value !== state.q) byId('query').value = state.q;
  const rules = REPORT.rules.filter((rule) => !state.family || rule.family === state.family);
  fillSelect('family', [...new Set(REPORT.rules.map((rule) => rule.family))], (item) => item.info.family);
  fillSelect('rule', rules.map((rule) => rule.id), (item) => item.rule);
  fillSelect('file', [...new Set(REPORT.files)].sort(), (item) => REPORT.files[item.file]);
  const counts = tally('verdict', (item) => item.verdict);
  for (const verdict of VERDICTS) {
    byId(`is-${verdict}`).checked = state.verdicts.has(verdict);
    byId(`n-${verdict}`).textContent = number(counts.get(verdict) || 0);
  }
  const all = ITEMS.length;
  const contract = CONTRACTS.get(state.contract);
  byId('shown').textContent = `${number(list.items.length)} of ${number(all)} shown` +
    (state.contract && contract ? `, of the contract of ${contract.function}()` : '');
}

function verdictBoxes() {
  return VERDICTS.map((verdict) => h('label', {class: `chip ${verdict}`},
    h('input', {type: 'checkbox', id: `is-${verdict}`, disabled: !REPORT.ledger && verdict !== 'violated', onchange: (event) => {
      if (event.target.checked) state.verdicts.add(verdict);
      else state.verdicts.delete(verdict);
      filtered();
    }}),
    h('span', {}, `${SIGNS[verdict]} ${verdict} `, h('span', {id: `n-${verdict}`, class: 'n'}))));
}

function filtered() {
  writeAddress(false);
  refresh();
}

/* What is read. */

let drawn;
const overview = {view: null, top: 0};

function refresh() {
  layOut(shownItems());
  list.at = list.items.findIndex((item) => item.id === state.id);
  showFilters();
  showList();
  reveal();
  showReading();
}

function showReading() {
  document.body.classList.toggle('reads', Boolean(state.id));
  byId('to-overview').hidden = !state.id;
  if (drawn === state.id) return;
  if (drawn === '') overview.top = byId('reading').scrollTop;
  drawn = state.id;
  const item = BY_ID.get(state.id);
  document.title = item ? `${item.message} · zaplint` : `zaplint: Linux ${REPORT.release}`;
  if (!item && !overview.view) overview.view = overviewView();
  byId('reading').replaceChildren(item ? findingView(item) : overview.view);
  byId('reading').scrollTop = item ? 0 : overview.top;
}

function open(id, step) {
  state.id = id;
  writeAddress(step);
  showReading();
  drawRows();
}

function close(focus) {
  if (state.id) {
    state.id = '';
    writeAddress(true);
    showReading();
    drawRows();
  }
  if (focus) byId('heading').focus();
}

/* Keys. */

function move(by) {
  to(list.at < 0 ? (by > 0 ? 0 : list.items.length - 1) : list.at + by);
}

/* Where a finding is open, the next one opens. */
function to(at) {
  moveTo(at);
  if (state.id && list.items.length) open(list.items[list.at].id, false);
}

function enter() {
  const item = list.items[Math.max(0, list.at)];
  if (!item) return;
  moveTo(Math.max(0, list.at));
  if (state.id !== item.id) open(item.id, true);
  byId('heading').focus();
}

function back(target) {
  if (target === byId('query')) byId('list').focus();
  else if (document.activeElement !== byId('list') && state.id) byId('list').focus();
  else close(false);
}

const ON_KEY = {
  j: () => move(1), k: () => move(-1), n: () => nextStep(1), p: () => nextStep(-1),
  '/': () => { byId('query').focus(); byId('query').select(); },
  '?': () => byId('help').showModal(),
};

const IN_LIST = {
  ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: enter,
  Home: () => to(0), End: () => to(list.items.length - 1),
  PageDown: () => move(8), PageUp: () => move(-8),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
  const target = event.target;
  if (event.key === 'Escape') {
    event.preventDefault();
    back(target);
    return;
  }
  const typing = /^(input|select|textarea)$/i.test(target.tagName) && target.type !== 'checkbox';
  const idle = target === document.body || target.id === 'reading' || target.id === 'heading';
  let act = typing ? undefined : ON_KEY[event.key];
  if (!act && (target === byId('list') || (idle && !state.id))) act = IN_LIST[event.key];
  if (!act && target === byId('query') && ['ArrowDown', 'Enter'].includes(event.key)) {
    act = () => { byId('list').focus(); moveTo(Math.max(0, list.at)); };
  }
  if (!act) return;
  event.preventDefault();
  act();
}

/* On paper: the finding that is open, or else the overview and all that the filters leave. */

const MOST_PRINTED = 3000;

function toPaper() {
  const item = BY_ID.get(state.id);
  const shown = list.items.slice(0, MOST_PRINTED);
  const whole = shown.filter((each) => each.verdict === 'violated');
  const rest = shown.filter((each) => each.verdict !== 'violated');
  byId('printed').replaceChildren(...(item ? [findingView(item)] : [overviewView(),
    ...whole.map(findingView),
    ...(rest.length ? [h('section', {class: 'others'}, h('h3', {}, 'Open and proved'), h('ul', {class: 'plain'},
      rest.map((each) => h('li', {}, h('span', {class: 'place'}, `${each.place} `), `${each.verdict}: ${each.message}`,
        each.reason ? ` Open because ${each.reason}.` : ''))))] : [])]));
  for (const each of byId('printed').querySelectorAll('[id]')) each.removeAttribute('id');
}

function start() {
  byId('head').replaceChildren(...headView().filter(Boolean));
  byId('help').replaceChildren(...helpView());
  byId('verdicts').replaceChildren(...verdictBoxes());
  readAddress();
  refresh();
  byId('query').addEventListener('input', (event) => { state.q = event.target.value; filtered(); });
  for (const key of ['family', 'rule', 'file']) {
    byId(key).addEventListener('change', (event) => {
      state[key] = event.target.value;
      if (key === 'family' && state.rule && RULES.get(state.rule).family !== state.family) state.rule = '';
      filtered();
    });
  }
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('reset').addEventListener('click', () => {
    Object.assign(state, {q: '', family: '', rule: '', file: '', contract: '', verdicts: new Set(DEFAULT_VERDICTS)});
    filtered();
  });
  document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('list').focus();
  });
  byId('list').addEventListener('scroll', drawRows, {passive: true});
  new ResizeObserver(drawRows).observe(byId('list'));
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', () => { readAddress(); refresh(); });
  window.addEventListener('beforeprint', toPaper);
  window.addEventListener('afterprint', () => byId('printed').replaceChildren());
}

start();

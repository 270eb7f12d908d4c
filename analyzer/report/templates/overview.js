/* The summary: how many, where, why; every row leads to its findings. */

function bar(counts, scale, width, height) {
  const [violated, open, proved] = counts;
  const total = violated + open + proved;
  const whole = scale ? Math.max(2, Math.round(width * total / scale)) : width;
  const size = (value) => (value ? Math.max(2, Math.round(whole * value / Math.max(total, 1))) : 0);
  const sizes = [size(violated), size(open)];
  sizes.push(proved ? Math.max(1, whole - sizes[0] - sizes[1]) : 0);
  let x = 0;
  const parts = sizes.map((part, at) => {
    const rect = part ? svg('rect', {x, y: 0, width: Math.max(1, part - (at < 2 && x + part < whole ? 1 : 0)),
      height, class: VERDICTS[at]}) : null;
    x += part;
    return rect;
  });
  const said = VERDICTS.map((verdict, at) => `${number(counts[at])} ${verdict}`).join(', ');
  return svg('svg', {class: 'bar', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', width, height,
    role: 'img', 'aria-label': said}, svg('title', {}, said), parts);
}

function overviewView() {
  return h('article', {class: 'overview'},
    totalsView(), rulesView(), filesView(), contractsView(), reasonsView(), limitsView());
}

function totalsView() {
  const of = TOTALS[0] + TOTALS[1] + TOTALS[2];
  return h('section', {class: 'totals'},
    h('h2', {id: 'heading', tabindex: '-1'}, REPORT.summary),
    bar(TOTALS, 0, 720, 14),
    h('dl', {}, VERDICTS.map((verdict, at) => h('div', {class: verdict},
      h('dt', {}, isListed(verdict) ? link(`${SIGNS[verdict]} ${verdict}`, {}, [verdict]) : `${SIGNS[verdict]} ${verdict}`),
      h('dd', {}, number(TOTALS[at]), h('small', {}, share(TOTALS[at], of)))))),
    h('p', {class: 'soft'}, `${counted(of, 'place')} where one of ${counted(REPORT.rules.length, 'rule')} applies, in ` +
      `${counted(REPORT.coverage.functions, 'function')} of ${counted(REPORT.coverage.files, 'file')}.`,
    REPORT.ledger ? null : ' What is proved and what is open is counted here, and listed with --ledger.'),
    REPORT.said.map((line) => h('p', {class: 'soft'}, line)));
}

/* Without the ledger the page counts more than it lists. */
function isListed(verdict) {
  return REPORT.ledger || verdict === 'violated';
}

function share(value, of) {
  if (!of) return '';
  const percent = 100 * value / of;
  return ` ${percent > 0 && percent < 1 ? '<1' : Math.round(percent)} %`;
}

function choose(values, verdicts) {
  Object.assign(state, {q: '', family: '', rule: '', file: '', contract: '', id: ''}, values);
  state.verdicts = new Set(verdicts || (REPORT.ledger ? VERDICTS : DEFAULT_VERDICTS));
  writeAddress(true);
  refresh();
  byId('list').focus();
}

function link(text, values, verdicts) {
  return h('button', {type: 'button', class: 'link', onclick: () => choose(values, verdicts)}, text);
}

function numbers(counts, values) {
  return VERDICTS.map((verdict, at) => h('td', {class: `n ${counts[at] ? verdict : 'none'}`},
    counts[at] && isListed(verdict)
      ? link(number(counts[at]), values, [verdict]) : number(counts[at])));
}

function table(title, columns, rows, foot) {
  const head = [...columns, '', ...VERDICTS.map((verdict) => `${SIGNS[verdict]} ${verdict}`)];
  return h('section', {}, h('h3', {}, title), h('div', {class: 'scroll'}, h('table', {},
    h('thead', {}, h('tr', {}, head.map((name, at) => h('th', {scope: 'col', class: at > columns.length ? 'n' : ''}, name)))),
    h('tbody', {}, rows))), foot);
}

function rulesView() {
  const families = [...new Set(REPORT.rules.map((rule) => rule.family))];
  const rows = families.flatMap((family) => {
    const rules = REPORT.rules.filter((rule) => rule.family === family);
    const sums = [0, 1, 2].map((at) => rules.reduce((sum, rule) => sum + rule.counts[at], 0));
    return [h('tr', {class: 'family'}, h('th', {scope: 'rowgroup'}, link(family, {family})),
      h('td', {}, bar(sums, 0, 140, 8)), numbers(sums, {family})),
    ...rules.map((rule) => h('tr', {},
      h('td', {class: 'what'}, h('span', {class: 'code'}, rule.code), ' ', link(rule.id.split('/')[1], {rule: rule.id}),
        h('span', {class: 'soft'}, ` ${rule.title}`)),
      h('td', {}, bar(rule.counts, 0, 140, 8)), numbers(rule.counts, {rule: rule.id})))];
  });
  return table('By rule', ['Rule'], rows);
}

function weight({counts}) {
  return counts[0] * 1e6 + counts[1];
}

function filesView() {
  const files = [...REPORT.byFile].sort((one, other) => weight(other) - weight(one));
  const scale = Math.max(1, ...files.map(({counts}) => counts[0] + counts[1] + counts[2]));
  const row = ({path, counts}) => h('tr', {},
    h('td', {class: 'what place'}, link(path, {file: path})),
    h('td', {}, bar(counts, scale, 140, 8)), numbers(counts, {file: path}));
  return longTable('By file', ['File'], files.map((each) => () => row(each)), 12);
}

/* A table of which the first rows are made now, and the others when somebody asks for them. */
function longTable(title, columns, rows, most) {
  if (!rows.length) return null;
  const body = rows.slice(0, most).map((make) => make());
  const view = table(title, columns, body);
  if (rows.length > most) {
    const more = h('button', {type: 'button', class: 'more', onclick: () => {
      view.querySelector('tbody').append(...rows.slice(most).map((make) => make()));
      more.remove();
    }}, `All ${number(rows.length)}`);
    view.append(more);
  }
  return view;
}

function contractsView() {
  const contracts = [...REPORT.contracts].sort((one, other) => weight(other) - weight(one));
  const row = (contract) => h('tr', {},
    h('td', {class: 'what'}, link(`${contract.function}()`, {contract: contract.key}),
      h('span', {class: 'soft'}, ` ${contract.text}`),
      h('span', {class: 'place'}, ` ${contract.path}:${contract.line}`)),
    h('td', {}, bar(contract.counts, 0, 140, 8)), numbers(contract.counts, {contract: contract.key}));
  return longTable('Contracts, and the calls that must keep them', ['Contract'], contracts.map((each) => () => row(each)), 12);
}

function reasonsView() {
  if (!REPORT.reasons.length) return null;
  const most = REPORT.reasons[0][1];
  const row = ([reason, count]) => h('tr', {},
    h('td', {class: 'n'}, number(count)),
    h('td', {}, bar([0, count, 0], most, 100, 8)),
    h('td', {class: 'what'}, REPORT.ledger ? link(reason, {q: reason.includes('"') ? reason : `"${reason}"`}, ['open']) : reason));
  const body = h('tbody', {}, REPORT.reasons.slice(0, 10).map(row));
  const rest = REPORT.reasons.slice(10);
  const more = rest.length ? h('button', {type: 'button', class: 'more', onclick: () => {
    body.append(...rest.map(row));
    more.remove();
  }}, `All ${number(REPORT.reasons.length)}`) : null;
  return h('section', {}, h('h3', {}, 'Why places are open'), h('div', {class: 'scroll'}, h('table', {class: 'reasons'}, body)), more);
}

function limitsView() {
  const gaps = REPORT.coverage.gaps;
  const lists = [
    [`${counted(gaps.length, 'function')} not read whole`, gaps.map(([path, line, name, what, whole]) =>
      [`${path}:${line}`, `${name}(): ${what}${whole ? ' (lost whole)' : ''}`])],
    [`${counted(REPORT.problems.length, 'gap')} of the analysis`, REPORT.problems.map(([path, line, kind, text]) =>
      [path ? `${path}${line ? `:${line}` : ''}` : '', `${kind}: ${text}`])],
    [`${counted(REPORT.skipped.length, 'rule')} not applied`, REPORT.skipped],
  ].filter(([, rows]) => rows.length);
  if (!lists.length) return null;
  return h('section', {}, h('h3', {}, 'What was not seen'), lists.map(([title, rows]) => lazyDetails(title, rows)));
}

function lazyDetails(title, rows) {
  const details = h('details', {}, h('summary', {}, title));
  details.addEventListener('toggle', () => {
    details.append(h('ul', {class: 'plain'}, rows.map(([place, text]) =>
      h('li', {}, place ? h('span', {class: 'place'}, `${place} `) : null, text))));
  }, {once: true});
  return details;
}

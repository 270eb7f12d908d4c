/* The report, as it was written into the page, and what is found in it. */

const REPORT = JSON.parse(byId('report').textContent);
const VERDICTS = ['violated', 'open', 'proved'];
const SIGNS = {violated: '●', open: '◐', proved: '○'};

const RULES = new Map(REPORT.rules.map((rule) => [rule.id, rule]));
const ITEMS = REPORT.obligations.map((item, index) => ({...item, index, path: item.path || [],
  evidence: (item.evidence || []).map((step) => [step, 0]), calls: item.calls || []}));
const BY_ID = new Map(ITEMS.map((item) => [item.id, item]));

for (const item of ITEMS) {
  item.place = `${REPORT.files[item.file]}:${item.line}`;
  item.info = RULES.get(item.rule);
  item.words = [item.message, item.rule, item.info.code, item.place, item.function, item.reason,
    item.condition].join('\n').toLowerCase();
}

for (const contract of REPORT.contracts) contract.key = `${contract.path}:${contract.line} ${contract.text}`;
const CONTRACTS = new Map(REPORT.contracts.map((contract) => [contract.key, contract]));

const TOTALS = [0, 1, 2].map((at) => REPORT.rules.reduce((sum, rule) => sum + rule.counts[at], 0));

function isContractOf(item, contract) {
  const steps = item.verdict === 'violated' ? item.path : item.evidence;
  if (!steps.length) return false;
  const last = REPORT.steps[steps[steps.length - 1][0]];
  return last.function === contract.function && last.line === contract.line &&
    last.text === contract.text && REPORT.files[last.file] === contract.path;
}

/* A stretch of the source around a line, as far as it is in the page. */

function sourceLine(file, line) {
  const run = REPORT.sources[file].find(([first, lines]) => line >= first && line < first + lines.length);
  return run ? run[1][line - run[0]] : undefined;
}

/* What is chosen: the filters and the finding. All of it is in the address, so that a link shows the
   same, and nowhere else. */

const DEFAULT_VERDICTS = REPORT.ledger ? ['violated', 'open'] : ['violated'];
const KEYS = ['family', 'rule', 'file', 'contract'];

const state = {q: '', verdicts: new Set(DEFAULT_VERDICTS), family: '', rule: '', file: '',
  contract: '', id: ''};

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  state.q = given.get('q') || '';
  for (const key of KEYS) state[key] = given.get(key) || '';
  const verdicts = given.get('verdict');
  state.verdicts = new Set(verdicts === null ? DEFAULT_VERDICTS :
    verdicts.split('.').filter((verdict) => VERDICTS.includes(verdict)));
  state.id = BY_ID.has(given.get('id')) ? given.get('id') : '';
}

function address() {
  const given = new URLSearchParams();
  if (state.id) given.set('id', state.id);
  if (state.q) given.set('q', state.q);
  for (const key of KEYS) if (state[key]) given.set(key, state[key]);
  const verdicts = VERDICTS.filter((verdict) => state.verdicts.has(verdict));
  if (verdicts.join('.') !== DEFAULT_VERDICTS.join('.')) given.set('verdict', verdicts.join('.'));
  return `#${given}`;
}

let pending = 0;

/* Browsers allow so many changes of the address and no more: a held key makes one. */
function writeAddress(step) {
  clearTimeout(pending);
  const write = () => {
    if (address() === (location.hash || '#')) return;
    if (step) history.pushState(null, '', address());
    else history.replaceState(null, '', address());
  };
  if (step) write();
  else pending = setTimeout(write, 120);
}

/* Words, and what stands in quotes as one. */
function wanted(text) {
  return [...text.toLowerCase().matchAll(/"([^"]+)"|[^\s"]+/g)].map(([word, quoted]) => quoted || word);
}

function fits(item, without) {
  if (without !== 'verdict' && !state.verdicts.has(item.verdict)) return false;
  if (state.family && without !== 'family' && item.info.family !== state.family) return false;
  if (state.rule && without !== 'rule' && item.rule !== state.rule) return false;
  if (state.file && without !== 'file' && REPORT.files[item.file] !== state.file) return false;
  if (state.contract) {
    const contract = CONTRACTS.get(state.contract);
    if (contract && !isContractOf(item, contract)) return false;
  }
  return wanted(state.q).every((word) => item.words.includes(word));
}

/* What is violated stands first, then what is open; each by place. */
function shownItems() {
  const items = ITEMS.filter((item) => fits(item));
  return VERDICTS.flatMap((verdict) => items.filter((item) => item.verdict === verdict));
}

/* The list of findings: only the rows that are in view are made. */

const HEAD_SIZE = 27;
const ITEM_SIZE = 61;
const BEYOND = 400;

const list = {items: [], rows: [], tops: [], height: 0, at: -1};

function layOut(items) {
  list.items = items;
  list.rows = [];
  list.tops = [];
  let top = 0;
  let group = '';
  items.forEach((item, at) => {
    if (groupOf(item) !== group) {
      group = groupOf(item);
      let end = at;
      while (end < items.length && groupOf(items[end]) === group) end++;
      list.rows.push({head: item, count: end - at});
      list.tops.push(top);
      top += HEAD_SIZE;
    }
    list.rows.push({item, at});
    list.tops.push(top);
    top += ITEM_SIZE;
  });
  list.height = top;
}

function groupOf(item) {
  return `${item.verdict} ${item.file}`;
}

function showList() {
  const box = byId('list');
  const inner = h('div', {class: 'rows', role: 'presentation'});
  inner.style.height = `${list.height}px`;
  box.replaceChildren(inner);
  if (!list.items.length) inner.append(h('p', {class: 'empty'}, emptyWords()));
  drawRows();
}

function emptyWords() {
  if (REPORT.ledger || ITEMS.length) return 'Nothing fits these filters.';
  return 'No findings.';
}

function firstRow(top) {
  let low = 0;
  let high = list.tops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list.tops[middle] <= top) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function drawRows() {
  const box = byId('list');
  const inner = box.firstElementChild;
  if (!inner || !list.rows.length) return;
  const end = box.scrollTop + box.clientHeight + BEYOND;
  const rows = [];
  for (let at = firstRow(box.scrollTop - BEYOND); at < list.rows.length && list.tops[at] < end; at++) {
    const row = rowView(list.rows[at]);
    row.style.top = `${list.tops[at]}px`;
    rows.push(row);
  }
  inner.replaceChildren(...rows);
  const current = list.items[list.at];
  if (current && byId(`item${current.index}`)) box.setAttribute('aria-activedescendant', `item${current.index}`);
  else box.removeAttribute('aria-activedescendant');
}

function rowView(row) {
  if (row.item === undefined) {
    return h('div', {class: 'head', role: 'presentation'}, h('span', {class: 'place'}, REPORT.files[row.head.file]),
      h('span', {class: row.head.verdict}, `${SIGNS[row.head.verdict]} ${number(row.count)}`));
  }
  const {item, at} = row;
  return h('div', {class: `item${at === list.at ? ' current' : ''}${item.id === state.id ? ' opened' : ''}`,
    role: 'option', id: `item${item.index}`, 'aria-selected': String(at === list.at),
    'aria-posinset': at + 1, 'aria-setsize': list.items.length, onclick: () => {
      moveTo(at);
      open(item.id, true);
    }},
  h('span', {class: `sign ${item.verdict}`, title: item.verdict}, SIGNS[item.verdict]),
  h('span', {class: 'message'}, item.message),
  h('span', {class: 'meta'}, `${item.line}:${item.column} · ${item.info.code} ${item.rule}`));
}

function moveTo(at) {
  if (!list.items.length) return;
  list.at = Math.max(0, Math.min(list.items.length - 1, at));
  reveal();
  drawRows();
}

function reveal() {
  const row = list.rows.findIndex((each) => each.at === list.at);
  if (row < 0) return;
  const box = byId('list');
  const top = list.tops[row];
  const above = row && list.rows[row - 1].item === undefined ? HEAD_SIZE : 0;
  if (top - above < box.scrollTop) box.scrollTop = top - above;
  else if (top + ITEM_SIZE > box.scrollTop + box.clientHeight) box.scrollTop = top + ITEM_SIZE - box.clientHeight;
}

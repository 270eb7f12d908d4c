'use strict';

/* Elements are made here and nowhere else, and text goes into them as text: nothing of a report is
   ever read as markup. */

const SVG = 'http://www.w3.org/2000/svg';

function attach(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false && child !== '') node.append(child);
  }
  return node;
}

function h(tag, attributes, ...children) {
  return attach(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return attach(document.createElementNS(SVG, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

function number(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function counted(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/* Prose of a rule: paragraphs with code, emphasis and links of Markdown. */

function prose(text) {
  return text.split(/\n\s*\n/).filter((part) => part.trim()).map((part) => h('p', {}, inline(part)));
}

function inline(text) {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)\s]+\))/);
  return parts.map((part) => {
    if (/^`.+`$/s.test(part)) return h('code', {}, part.slice(1, -1));
    if (/^\*\*.+\*\*$/s.test(part)) return h('strong', {}, part.slice(2, -2));
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    return link ? reference(link[2], link[1]) : part;
  });
}

function reference(address, text) {
  if (!/^https:\/\//.test(address)) return text === undefined ? address : `${text} (${address})`;
  return h('a', {href: address, rel: 'noopener noreferrer'}, text === undefined ? address : text);
}

// Building the document: text is always set as text, so that no name or reason becomes markup.
export const $ = (id) => document.getElementById(id);

/** An element with attributes and children; what is null is left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Only where it differs: otherwise a selection would be lost every second. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** columns: [{title, of: row => text or element, number, narrow, optional}] */
export function table(columns, rows, caption, none) {
  if (rows.length === 0) return make('p', { class: 'quiet' }, none);
  const kind = (column) => [column.number ? 'n' : '', column.narrow ? 'nb' : '', column.optional ? 'optional' : ''].join(' ').trim();
  return make('table', {},
    make('caption', {}, caption),
    make('thead', {}, make('tr', {}, ...columns.map((column) => make('th', { scope: 'col', class: kind(column) }, column.title)))),
    make('tbody', {}, ...rows.map((row) => make('tr', {}, ...columns.map((column) => make('td', { class: kind(column) }, column.of(row) ?? ''))))));
}

/** The options of a <select> after its first one, kept where they are the same. */
export function fillSelect(select, names) {
  const present = [...select.options].slice(1).map((option) => option.value);
  if (present.join('\n') === names.join('\n')) return;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...names.map((name) => make('option', { value: name }, name)));
  select.value = names.includes(chosen) ? chosen : '';
}

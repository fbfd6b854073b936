/** The catalogue of events as a page: made once, of nothing but the catalogue, without a script. */
import { cataloguedEvents, type CataloguedEvent, type FieldSchema } from './catalogue.ts';

export const CATALOGUE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d4da, #3a4048); --dim: light-dark(#5a6270, #a3acb8); --accent: light-dark(#0b57b0, #8ab8ff) }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; overflow-wrap: anywhere; padding: 1rem }
a { color: var(--accent) }
h2 { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem }
h3 { font: 600 1rem ui-monospace, monospace; margin: 2rem 0 0 }
p { margin: .25rem 0; max-width: 75ch }
table { border-collapse: collapse; margin: .5rem 0; width: 100% }
td, th { border-bottom: 1px solid var(--line); min-width: 4.5rem; overflow-wrap: normal; padding: .25rem .75rem .25rem 0; text-align: start; vertical-align: top }
th { color: var(--dim); font-weight: 500 }
nav ul { columns: 16rem; list-style: none; padding: 0 }
td code { overflow-wrap: anywhere }
code, pre { font: .875em ui-monospace, monospace }
pre { border: 1px solid var(--line); overflow-x: auto; padding: .5rem }
.dim { color: var(--dim) }
.scroll { overflow-x: auto }
`;

let page: string | undefined;

export const cataloguePage = (): string => (page ??= pageOf(cataloguedEvents()));

function pageOf(events: readonly CataloguedEvent[]): string {
  const areas = Map.groupBy(events, ({ type }) => type.split('.')[0] ?? '');
  const contents = Array.from(areas, ([area, ofArea]) => `<h2 id="of-${area}">${area}</h2><ul>${ofArea.map(entryOf).join('')}</ul>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Events of Tidings</title><style>${CATALOGUE_STYLE}</style></head>
<body><header><h1>Events of Tidings</h1>
<p>${events.length} types. The same as <a href="/events.json">JSON</a>, with schemas. Personal fields are sealed in the log.</p></header>
<nav aria-label="Types">${contents}</nav>
<main>${events.map(sectionOf).join('')}</main></body></html>`;
}

const entryOf = ({ type }: CataloguedEvent): string => `<li><a href="#${escaped(type)}">${escaped(type)}</a></li>`;

function sectionOf({ type, description, streams, decidedBy, appendedBy, readBy, schema, example }: CataloguedEvent): string {
  const readers = readBy.map(({ name, kind }) => `${escaped(name)} <span class="dim">(${kind})</span>`);
  const facts = [
    ['Streams', streams.map((category) => code(`${category}-…`)).join(', ')],
    ['Decided by', decidedBy.map(code).join(', ')],
    ['Appended by', appendedBy.map(code).join(', ')],
    ['Read by', readers.join(', ')],
  ].filter(([, text]) => text !== '');
  const kinds = schema.anyOf ?? [schema];
  return `<section aria-labelledby="${escaped(type)}"><h3 id="${escaped(type)}">${escaped(type)}</h3>
${description === undefined ? '' : `<p>${prose(description)}</p>`}
${facts.map(([name, text]) => `<p><span class="dim">${name}:</span> ${text}</p>`).join('')}
${kinds.map(fieldsOf).join('<p class="dim">or</p>')}
<details><summary>Example</summary><pre tabindex="0">${escaped(JSON.stringify(example.data, null, 2))}</pre></details></section>`;
}

function fieldsOf({ properties = {}, required = [] }: FieldSchema): string {
  const rows = Object.entries(properties).map(([name, field]) => {
    const notes = [required.includes(name) ? '' : 'optional', field.personal === true ? 'personal' : ''].filter((note) => note !== '').join(', ');
    return `<tr><td>${code(name)}</td><td>${escaped(typeIn(field))}</td><td>${notes}</td><td>${prose(field.description ?? '')}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Field</th><th scope="col">Is</th><th scope="col">Notes</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function typeIn({ type, format, title, enum: values, items, anyOf, additionalProperties }: FieldSchema): string {
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeIn))].join(' | ');
  if (type === 'array') return `list of ${typeIn(items ?? {})}`;
  if (type === 'object') return additionalProperties === undefined ? 'object' : `${typeIn(additionalProperties)} by name`;
  if (type === 'string') return format === 'date-time' ? 'moment' : format === 'date' ? 'day' : title === undefined ? 'text' : `id of a ${title}`;
  return type ?? 'any';
}

const code = (text: string): string => `<code>${escaped(text)}</code>`;
/** Comments have names between backquotes. */
const prose = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

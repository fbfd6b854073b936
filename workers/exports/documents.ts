/** Sections that are documents of one collection, as they are but for what only the views need. */
import type { DocumentQuery } from '../../ports/views/port.ts';
import type { TidingsDocuments } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { html, type Html } from './html.ts';
import { ROWS_BYTES_MAX, ROWS_MAX, type Row, type Section } from './rows.ts';

type Named<Name> = {
  readonly name: string;
  readonly title: string;
  readonly collection: Name;
  readonly where: NonNullable<DocumentQuery['where']>;
  readonly by: string;
};

/** Of places in the views, and of what others see of nobody. */
const OURS: ReadonlySet<string> = new Set(
  '_id position place order dueAt unread categoryKey open kept messageCount mediaCount textSeq textRevision edits'.split(' '),
);
/** Wherever they stand: the keys of the store of media are nobody's to know. */
const HIDDEN: ReadonlySet<string> = new Set(['object', 'variants']);

export const withoutOurs = (document: object): Readonly<Record<string, unknown>> =>
  withoutHidden(Object.entries(document).filter(([field]) => !OURS.has(field)));

const withoutHidden = (fields: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(fields.filter(([field]) => !HIDDEN.has(field)).map(([field, value]) => [field, shown(value)]));

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === 'object' && value !== null ? withoutHidden(Object.entries(value)) : value;
}

/** Read in the order of the field `by`, which no two of them share. */
export const documentsOf = <Name extends keyof TidingsDocuments>(
  views: Pick<TidingsViews, 'findPage'>,
  { name, title, collection, where, by }: Named<Name>,
): Section => ({
  name,
  title,
  read: async (from) => {
    const range = { field: by, after: from ?? '' };
    const { documents, more } = await views.findPage(collection, { where, range, order: { [by]: 1 }, limit: ROWS_MAX, bytesMax: ROWS_BYTES_MAX });
    const rows = documents.map((document) => plainRow(withoutOurs(document), String((document as Readonly<Record<string, unknown>>)[by])));
    return { rows, next: more ? (rows.at(-1)?.after ?? null) : null, leftOut: 0, percent: more ? 50 : 100 };
  },
});

/** A section of a few rows that are known at once. */
export const oneRead = (of: Pick<Section, 'name' | 'title'>, load: () => Promise<readonly object[]>): Section => ({
  ...of,
  read: async () => ({ rows: (await load()).map((json) => plainRow(withoutOurs(json), '')), next: null, leftOut: 0, percent: 100 }),
});

export const plainRow = (json: object, after: string): Row => ({ json, after, media: [], show: () => html`<article>${fieldsOf(json)}</article>` });

export const fieldsOf = (json: object): Html => html`<dl>${Object.entries(json).map(showField)}</dl>`;

const showField = ([field, value]: readonly [string, unknown]): Html =>
  html`<dt>${field}</dt>
    <dd dir="auto">${typeof value === 'string' ? value : JSON.stringify(value, null, 1)}</dd>`;

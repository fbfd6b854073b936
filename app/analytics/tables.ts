/** Each event type as a table: the columns of every event, and those of its own fields. */
import { cataloguedEvents, cataloguedViews, type FieldSchema } from './catalogue.ts';
import { isShown } from './without-words.ts';

export type ColumnType = 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'BOOLEAN' | 'TIMESTAMPTZ' | 'DATE' | 'JSON' | 'VARCHAR[]' | 'DOUBLE[]';
export type Column = { readonly name: string; readonly type: ColumnType };
/** A column of an event's or a document's own field. */
export type FieldColumn = Column & { readonly field: string };
/** `schema.name`, as SQL calls it: `feed.post_published`. */
export type Table = { readonly schema: string; readonly name: string; readonly columns: readonly Column[]; readonly fields: readonly FieldColumn[] };

/** Of every event, whatever its type. `occurred_at`: when it happened, which of what was imported is long before it was `recorded_at`. */
export const EVENT_COLUMNS: readonly Column[] = [
  { name: 'log', type: 'BIGINT' },
  { name: 'position', type: 'BIGINT' },
  { name: 'stream', type: 'VARCHAR' },
  { name: 'category', type: 'VARCHAR' },
  { name: 'stream_key', type: 'VARCHAR' },
  { name: 'revision', type: 'BIGINT' },
  { name: 'event_type', type: 'VARCHAR' },
  { name: 'event_id', type: 'VARCHAR' },
  { name: 'occurred_at', type: 'TIMESTAMPTZ' },
  { name: 'recorded_at', type: 'TIMESTAMPTZ' },
  { name: 'actor', type: 'VARCHAR' },
  { name: 'acting_app', type: 'VARCHAR' },
  { name: 'correlation_id', type: 'VARCHAR' },
  { name: 'causation_id', type: 'VARCHAR' },
];

/** What can't be decoded, or is of no known type, is kept here with the reason. */
export const UNDECODABLE: Table = {
  schema: 'log',
  name: 'undecodable',
  columns: [...EVENT_COLUMNS, { name: 'reason', type: 'VARCHAR' }],
  fields: [],
};

/** The moment of an event that has one of its own. */
export const OWN_MOMENT = 'at';

/** SQL reserves these. */
const RESERVED = new Set(
  'all and any as asc at case cast check column create default desc do else end except false fetch for foreign from grant group having in into is limit not null offset on only or order primary references returning select some table then to true union unique using when where window with'.split(
    ' ',
  ),
);

const tables = new Map<string, Table>();

export function tableOf(type: string): Table {
  const known = tables.get(type);
  if (known !== undefined) return known;
  const event = cataloguedEvents().find((one) => one.type === type);
  if (event === undefined) return UNDECODABLE;
  const [schema = '', name = ''] = type.split('.');
  const fields = fieldsOf(event.schema).filter(({ field }) => field !== OWN_MOMENT);
  const table = { schema, name: name.replaceAll('-', '_'), columns: [...EVENT_COLUMNS, ...fields], fields };
  tables.set(type, table);
  return table;
}

/** Of a view: only the columns of which something may be shown. */
export function tableOfView(collection: string): Table | undefined {
  const view = cataloguedViews().find((one) => one.collection === collection);
  if (view === undefined) return undefined;
  const shown = Object.entries(view.schema.properties ?? {}).filter(([, schema]) => isShown(schema));
  const fields = shown.map(([field, schema]) => ({ field, name: columnName(field, new Set(['id'])), type: typeOf(schema) }));
  return { schema: 'views', name: collection.replaceAll('-', '_'), columns: [{ name: 'id', type: 'VARCHAR' }, ...fields], fields };
}

/** An event that is one of several kinds has the fields of all. */
function fieldsOf(schema: FieldSchema): readonly FieldColumn[] {
  const kinds = schema.anyOf ?? [schema];
  const taken = new Set(EVENT_COLUMNS.map(({ name }) => name));
  const fields = new Map<string, ColumnType>();
  for (const { properties = {} } of kinds) {
    for (const [field, ofField] of Object.entries(properties)) {
      const type = typeOf(ofField);
      const before = fields.get(field);
      fields.set(field, before === undefined || before === type ? type : 'JSON');
    }
  }
  return Array.from(fields, ([field, type]) => ({ field, name: columnName(field, taken), type }));
}

/** `replyTo` is `reply_to`. What a column of every event is called already, or SQL reserves, has a dash below at its end. */
function columnName(field: string, taken: ReadonlySet<string>): string {
  const name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/[^a-z0-9_]/g, '_');
  return taken.has(name) || RESERVED.has(name) ? `${name}_` : name;
}

function typeOf(schema: FieldSchema): ColumnType {
  const kinds = (schema.anyOf ?? [schema]).filter(({ enum: values }) => !(values?.length === 1 && values[0] === null));
  const types = new Set(kinds.map(typeOfOne));
  const [type] = types;
  return types.size === 1 && type !== undefined ? type : 'JSON';
}

function typeOfOne({ type, format, items, enum: values }: FieldSchema): ColumnType {
  switch (type ?? typeof values?.[0]) {
    case 'string':
      return format === 'date-time' ? 'TIMESTAMPTZ' : format === 'date' ? 'DATE' : 'VARCHAR';
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'array': {
      const item = items === undefined ? 'JSON' : typeOf(items);
      return item === 'VARCHAR' ? 'VARCHAR[]' : item === 'DOUBLE' ? 'DOUBLE[]' : 'JSON';
    }
    default:
      return 'JSON';
  }
}

/** The catalogue of events, and of the documents of the views: made of the code by `npm run catalogue`, and served as it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** JSON Schema, with `personal` where the log has a field sealed, and with the kind of an id as `title`. */
export type FieldSchema = {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly personal?: true;
};

export type CataloguedEvent = {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  /** The categories of the streams that it stands in. */
  readonly streams: readonly string[];
  /** The modules that decide it, and those that give the commands from which it follows. */
  readonly decidedBy: readonly string[];
  readonly appendedBy: readonly string[];
  readonly readBy: readonly { readonly name: string; readonly kind: 'projector' | 'reactor' | 'process' }[];
  /** Its personal fields, each with the field that names whose it is; `$key`: the stream's key does. */
  readonly personal: Readonly<Record<string, string>>;
  readonly schema: FieldSchema;
  readonly example: { readonly type: string; readonly data: object; readonly metadata: object };
};

export type CataloguedView = { readonly collection: string; readonly projector: string; readonly schema: FieldSchema };

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'generated', name), 'utf8'));

let events: readonly CataloguedEvent[] | undefined;
let views: readonly CataloguedView[] | undefined;

export const cataloguedEvents = (): readonly CataloguedEvent[] => (events ??= read('events.json') as readonly CataloguedEvent[]);
export const cataloguedViews = (): readonly CataloguedView[] => (views ??= read('views.json') as readonly CataloguedView[]);

/** What a request wants of a projection's changes, and what of them its key may see. */
import { crc32 } from 'node:zlib';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OfferedProjection } from '../../domain/subscriptions/offered.ts';
import type { CollectionIndex, Document } from '../../ports/views/port.ts';
import type { DocumentChange } from '../../projections/changes/follow-changes.ts';
import { offeredCollections } from '../../projections/changes/offered-collections.ts';
import { messageAsOf, type MessageDocument } from '../../projections/read-models/chat/messages.ts';
import { projectors } from '../../projections/read-models/projectors.ts';

export type WantedChanges = {
  readonly collections: ReadonlySet<string>;
  readonly isWanted: (collection: string, id: string) => boolean;
  /** As the subscriber is told of it. */
  readonly view: (change: DocumentChange) => ChangeView;
};

/** `left`: it exists, and isn't what the filter asks for. */
export type ChangeView = {
  readonly collection: string;
  readonly id: string;
  readonly version: string;
  readonly change: 'put' | 'removed' | 'left';
  readonly document: Document | null;
};

type Request = {
  readonly of: number;
  readonly part: number;
  readonly collection?: string | undefined;
  /** `field=value` */
  readonly filter?: string | undefined;
  readonly seesPersonalFields: boolean;
};
type Wanted = { readonly outcome: 'understood'; readonly value: WantedChanges } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** Fields that the views keep for themselves. */
const KEPT = new Set(['position', '_id']);

export function wantedChanges(projection: OfferedProjection, { of, part, collection, filter, seesPersonalFields }: Request, clock: () => Instant): Wanted {
  const offered = offeredCollections(projection);
  if (part >= of) return { outcome: 'refused', refusal: { code: 'part-out-of-range', facts: { part, of } } };
  if (collection !== undefined && !offered.has(collection)) return invalid(`${projection} has no collection ${collection} to subscribe to`);
  if (filter !== undefined && collection === undefined) return invalid('it needs a collection');
  const [field, value] = splitOnce(filter ?? '');
  if (filter !== undefined && collection !== undefined) {
    const may = filterFields(projection, collection, seesPersonalFields);
    if (!may.has(field)) return invalid(`${collection} has no index on ${field}; there are ${[...may].join(', ') || 'none'}`);
  }
  const collections = collection === undefined ? new Set(offered.keys()) : new Set([collection]);
  return {
    outcome: 'understood',
    value: {
      collections,
      isWanted: (name, id) => of === 1 || partOf(name, id, of) === part,
      view: ({ collection: name, id, version, document }) => {
        const place = { collection: name, id, version };
        if (document === undefined) return { ...place, change: 'removed', document: null };
        if (filter !== undefined && textOf(document[field]) !== value) return { ...place, change: 'left', document: null };
        return { ...place, change: 'put', document: shown(name, document, seesPersonalFields ? undefined : offered.get(name), clock()) };
      },
    },
  };
}

/** The same for a document whoever asks, and wherever. */
export const partOf = (collection: string, id: string, of: number): number => crc32(`${collection}/${id}`) % of;

function shown(collection: string, document: Document, personal: ReadonlySet<string> | undefined, now: Instant): Document {
  // A message whose time is over is without its words, also before the sweep that takes them away.
  const asOfNow = collection === 'messages' ? (messageAsOf(document as unknown as MessageDocument, now) as unknown as Document) : document;
  return Object.fromEntries(Object.entries(asOfNow).filter(([field]) => !KEPT.has(field) && personal?.has(field) !== true));
}

function filterFields(projection: OfferedProjection, collection: string, seesPersonalFields: boolean): ReadonlySet<string> {
  const indexes = (projectors.find(({ name }) => name === projection)?.indexes ?? {}) as Readonly<Record<string, readonly CollectionIndex[]>>;
  const personal = offeredCollections(projection).get(collection);
  const fields = (indexes[collection] ?? []).flatMap((index) => index.fields);
  return new Set(fields.filter((field) => !KEPT.has(field) && (seesPersonalFields || personal?.has(field) !== true)));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
const splitOnce = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};
const invalid = (detail: string): Wanted => ({ outcome: 'refused', refusal: { code: 'changes-filter-invalid', facts: { detail } } });

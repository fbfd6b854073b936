/** Every document of every projector's active build, beside those of a rebuild from the log into views of another kind. */
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { Document, ViewStore } from '../../../ports/views/port.ts';
import { followActiveVersions } from '../../../projections/progress/active-versions.ts';
import type { AnyProjector } from '../../../projections/projection.ts';
import { projectors } from '../../../projections/read-models/projectors.ts';
import { emptyViews, foldInto } from '../../../projections/test-fixture.ts';
import type { WholeLog } from './whole-log.ts';

const BATCH_EVENTS = 500;
const PAGE_DOCUMENTS = 1_000;
const SHOWN_MAX = 10;
/** What is in it comes and goes without an event. */
const LEFT_OUT = new Set<string>(['presence']);

type Parts = { readonly log: EventLog; readonly views: ViewStore; readonly codec: Codec };

export async function findViewFaults({ log, views, codec }: Parts, { events }: WholeLog): Promise<readonly string[]> {
  await using active = await followActiveVersions({ log, decode: (stored) => codec.decodeAll(stored) }, projectors);
  await using rebuilt = await emptyViews();
  const batches = Array.from({ length: Math.ceil(events.length / BATCH_EVENTS) }, (_, at) => events.slice(at * BATCH_EVENTS, (at + 1) * BATCH_EVENTS));
  const faults: string[] = [];
  for (const projector of (projectors as readonly AnyProjector[]).filter(({ name }) => !LEFT_OUT.has(name))) {
    const physical = await foldInto(rebuilt.views, projector, batches);
    for (const collection of Object.keys(projector.indexes)) {
      const [found, expected] = await Promise.all([
        allDocuments(views, active.physicalCollectionOf(collection)),
        allDocuments(rebuilt.views, physical(collection)),
      ]);
      faults.push(...differences(`${projector.name}/${collection}`, found, expected));
    }
  }
  return faults;
}

/** As JSON, by id. The place in the log where a document changed last depends on the order in which streams were read, and is left out. */
async function allDocuments(views: ViewStore, collection: string): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for (let after: string | undefined; ;) {
    const range = after === undefined ? {} : { range: { field: '_id', after } };
    const page = await views.find(collection, { ...range, order: { _id: 1 }, limit: PAGE_DOCUMENTS });
    for (const { _id, position: _position, ...document } of page as readonly (Document & { readonly _id: string })[]) all.set(_id, sortedJson(document));
    if (page.length < PAGE_DOCUMENTS) return all;
    after = page.at(-1)?._id;
  }
}

const sortedJson = (document: Document): string =>
  JSON.stringify(document, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

function differences(what: string, found: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): readonly string[] {
  const ids = [...new Set([...found.keys(), ...expected.keys()])].filter((id) => found.get(id) !== expected.get(id));
  return [
    ...ids.slice(0, SHOWN_MAX).map((id) => `${what} has ${id} as ${found.get(id) ?? 'nothing'}; rebuilt it is ${expected.get(id) ?? 'nothing'}`),
    ...(ids.length > SHOWN_MAX ? [`${what} has ${ids.length - SHOWN_MAX} more that differ`] : []),
  ];
}

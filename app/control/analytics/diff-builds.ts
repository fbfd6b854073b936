/** Compares the documents of two builds of a projector, as while one is built beside the other: which differ, in what, and what they were made of. */
import type { Document, LoadedDocument, ReadableViews, SourceRevisions } from '../../../ports/views/port.ts';
import { buildOfRunner, physicalCollection, runnerOfCheckpoint, type BuildId } from '../../../projections/progress/names.ts';
import type { AnyProjector } from '../../../projections/projection.ts';
import { projectors } from '../../../projections/read-models/projectors.ts';
import { cataloguedViews, type FieldSchema } from '../../analytics/catalogue.ts';
import { withoutWords } from '../../analytics/without-words.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import { paceOf } from './paced.ts';
import type { DifferenceLine } from './protocol.ts';

const PAGE_DOCUMENTS = 500;
const PAGE_BYTES_MAX = 4 * 1_048_576;

type Stored = Pick<ReadableViews, 'checkpoints' | 'findPage' | 'load'>;
type Found = Document & { readonly _id: string };

export async function* diffBuilds(
  { stored }: { readonly stored: Stored },
  request: OperationRequest<'diff-builds'>,
  signal: AbortSignal,
): AsyncIterable<DifferenceLine> {
  const [name = ''] = request.one.split('@');
  const projector: AnyProjector | undefined = projectors.find((known) => known.name === name);
  if (projector === undefined || !request.other.startsWith(`${name}@`))
    throw new ControlFailure('bad-request', 'Name two builds of one projector, such as messages@1 and messages@2.');
  const builds = await buildsOf(stored, name, [request.one, request.other]);
  const pace = paceOf(request.share, signal);
  let [compared, different] = [0, 0];
  for (const collection of Object.keys(projector.indexes)) {
    const [one, other] = builds.map((build) => physicalCollection(collection, build)) as [string, string];
    const schema = cataloguedViews().find((view) => view.collection === collection)?.schema ?? {};
    for await (const pair of pairs(documentsOf(stored, one, pace, signal), documentsOf(stored, other, pace, signal))) {
      compared += 1;
      if (compared % PAGE_DOCUMENTS === 0) yield { is: 'progress', compared, different };
      const fields = differingFields(pair);
      if (fields.length === 0) continue;
      different += 1;
      const id = pair.one?._id ?? pair.other?._id ?? '';
      const [[inOne], [inOther]] = await Promise.all([stored.load(one, [id]), stored.load(other, [id])]);
      yield { is: 'difference', collection, id, fields, one: sideOf(pair.one, inOne, schema), other: sideOf(pair.other, inOther, schema) };
    }
  }
  yield { is: 'result', compared, different };
}

/** Throws `ControlFailure` where the views have no such build. */
async function buildsOf(stored: Stored, name: string, runners: readonly string[]): Promise<readonly BuildId[]> {
  const known = new Set(Array.from((await stored.checkpoints()).keys(), runnerOfCheckpoint).filter((runner) => runner.startsWith(`${name}@`)));
  return runners.map((runner) => {
    const build = buildOfRunner(name, runner);
    if (build === undefined || !known.has(runner))
      throw new ControlFailure('unknown', `There is no build ${runner}; of ${name} there are ${[...known].join(', ')}.`);
    return build;
  });
}

async function* documentsOf(stored: Stored, collection: string, pace: ReturnType<typeof paceOf>, signal: AbortSignal): AsyncGenerator<Found, undefined> {
  for (let after: string | undefined; ;) {
    signal.throwIfAborted();
    pace.begin();
    const range = { field: '_id', ...(after === undefined ? { from: '' } : { after }) };
    const { documents, more } = await stored.findPage<Document>(collection, { range, order: { _id: 1 }, limit: PAGE_DOCUMENTS, bytesMax: PAGE_BYTES_MAX });
    pace.end();
    yield* documents;
    after = documents.at(-1)?._id;
    if (after === undefined || (!more && documents.length < PAGE_DOCUMENTS)) return undefined;
    await pace.pause();
  }
}

type Pair = { readonly one?: Found; readonly other?: Found };

/** Both come by id, so each document is met beside its counterpart. */
async function* pairs(ones: AsyncGenerator<Found, undefined>, others: AsyncGenerator<Found, undefined>): AsyncIterable<Pair> {
  let one = (await ones.next()).value;
  let other = (await others.next()).value;
  while (one !== undefined || other !== undefined) {
    const order = one === undefined ? 1 : other === undefined ? -1 : Buffer.compare(Buffer.from(one._id), Buffer.from(other._id));
    yield { ...(order <= 0 && one !== undefined ? { one } : {}), ...(order >= 0 && other !== undefined ? { other } : {}) };
    if (order <= 0) one = (await ones.next()).value;
    if (order >= 0) other = (await others.next()).value;
  }
}

/** Where they changed last in the log is none of what they say. */
function differingFields({ one = { _id: '' }, other = { _id: '' } }: Pair): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const [a, b]: readonly Document[] = [one, other];
  return [...names].filter((name) => name !== 'position' && canonical(a?.[name]) !== canonical(b?.[name]));
}

/** The order of an object's fields says nothing. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  ) ?? '';

function sideOf(
  document: Found | undefined,
  loaded: LoadedDocument | undefined,
  schema: FieldSchema,
): { readonly document: Document | null; readonly seen: SourceRevisions } {
  return { document: document === undefined ? null : withoutWords(document, schema), seen: loaded?.seen ?? {} };
}

/** Reads a collection of the views for analysts: without what may say something of a person. */
import { QUERY_LIMIT_MAX, type Document, type ReadableViews } from '../../../ports/views/port.ts';
import { cataloguedViews, type CataloguedView } from '../../analytics/catalogue.ts';
import { withoutWords } from '../../analytics/without-words.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import { paceOf } from './paced.ts';
import type { ExportedDocument } from './protocol.ts';

const PAGE_DOCUMENTS = 500;
const PAGE_BYTES_MAX = 1_048_576;

/** `stored`: the name under which the active build keeps the collection. */
type Dependencies = { readonly views: Pick<ReadableViews, 'findPage'>; readonly stored: string };

export async function* exportView(
  { views, stored }: Dependencies,
  { collection, share }: OperationRequest<'export-view'>,
  signal: AbortSignal,
): AsyncIterable<ExportedDocument> {
  const { schema } = knownView(collection);
  const pace = paceOf(share, signal);
  pace.begin();
  for (let after: string | undefined; ;) {
    const { documents, more } = await views.findPage<Document>(stored, {
      range: { field: '_id', ...(after === undefined ? { from: '' } : { after }) },
      order: { _id: 1 },
      limit: Math.min(PAGE_DOCUMENTS, QUERY_LIMIT_MAX),
      bytesMax: PAGE_BYTES_MAX,
    });
    pace.end();
    for (const { _id, ...document } of documents) yield { id: _id, document: withoutWords(document, schema) };
    after = documents.at(-1)?._id;
    if ((!more && documents.length < PAGE_DOCUMENTS) || after === undefined || signal.aborted) return;
    await pace.pause();
    pace.begin();
  }
}

/** Throws `ControlFailure` where there is none. */
export function knownView(collection: string): CataloguedView {
  const views = cataloguedViews();
  const known = views.find((view) => view.collection === collection);
  if (known !== undefined) return known;
  throw new ControlFailure('unknown', `No view is called ${collection}; there are ${views.map((view) => view.collection).join(', ')}.`);
}

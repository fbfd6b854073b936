/** Reads a collection of the views for analysts: without what may say something of a person. */
import { QUERY_LIMIT_MAX } from '../../../ports/views/port.ts';
import type { TidingsDocuments } from '../../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { cataloguedViews } from '../../analytics/catalogue.ts';
import { withoutWords } from '../../analytics/without-words.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import { paceOf } from './paced.ts';
import type { ExportedDocument } from './protocol.ts';

const PAGE_DOCUMENTS = 500;
const PAGE_BYTES_MAX = 1_048_576;

export async function* exportView(
  { views }: { readonly views: TidingsViews },
  { collection, share }: OperationRequest<'export-view'>,
  signal: AbortSignal,
): AsyncIterable<ExportedDocument> {
  const known = cataloguedViews().find((view) => view.collection === collection);
  if (known === undefined)
    throw new ControlFailure(
      'unknown',
      `No view is called ${collection}; there are ${cataloguedViews()
        .map((view) => view.collection)
        .join(', ')}.`,
    );
  const pace = paceOf(share, signal);
  pace.begin();
  for (let after: string | undefined; ;) {
    const { documents, more } = await views.findPage(collection as keyof TidingsDocuments, {
      range: { field: '_id', ...(after === undefined ? { from: '' } : { after }) },
      order: { _id: 1 },
      limit: Math.min(PAGE_DOCUMENTS, QUERY_LIMIT_MAX),
      bytesMax: PAGE_BYTES_MAX,
    });
    pace.end();
    for (const { _id, ...document } of documents) yield { id: _id, document: withoutWords(document, known.schema) };
    after = documents.at(-1)?._id;
    if ((!more && documents.length < PAGE_DOCUMENTS) || after === undefined || signal.aborted) return;
    await pace.pause();
    pace.begin();
  }
}

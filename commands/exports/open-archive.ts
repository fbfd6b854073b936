/** What the log says of an export at this moment: how it is read, and how far it has come. */
import { layoutOf, type OpenArchive } from '../../domain/exports/layout.ts';
import type { ExportEvent, ExportPart, ExportSubject } from '../../domain/exports/events.ts';
import { isErased, type Recorded } from '../../domain/shared/event.ts';
import type { ExportId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { exportStream } from '../../domain/shared/streams.ts';
import { readDecoded, type StreamReader } from '../handling/load-stream.ts';

/** `position`: of the request, in the log. */
export type RequestedExport = {
  readonly owner: PersonId;
  readonly subject: ExportSubject;
  readonly secret: string;
  readonly at: Instant;
  readonly position: string;
};

/** Undefined where its owner was erased: nobody can read it any more. */
export async function loadRequested(reader: StreamReader, id: ExportId): Promise<RequestedExport | undefined> {
  for await (const events of readDecoded(reader, exportStream(id), { limit: 1 })) {
    for (const event of events) if (event.type === 'exports.requested.v1') return requestedOf(event);
  }
  return undefined;
}

function requestedOf({ data, position }: Recorded<Extract<ExportEvent, { type: 'exports.requested.v1' }>>): RequestedExport | undefined {
  const { owner, subject, secret, at } = data;
  return isErased(secret) ? undefined : { owner, subject, secret, at, position };
}

export type RecordedExport = { readonly requested: RequestedExport; readonly parts: readonly ExportPart[]; readonly expiresAt: Instant | undefined };

/** Undefined where there is none, where it has ended, and where its owner was erased: nobody can read it any more. */
export async function loadExport(reader: StreamReader, id: ExportId): Promise<RecordedExport | undefined> {
  let requested: RequestedExport | undefined;
  let expiresAt: Instant | undefined;
  const parts: ExportPart[] = [];
  for await (const events of readDecoded(reader, exportStream(id), {})) {
    for (const event of events as readonly Recorded<ExportEvent>[]) {
      switch (event.type) {
        case 'exports.requested.v1': {
          requested = requestedOf(event);
          if (requested === undefined) return undefined;
          break;
        }
        case 'exports.part-made.v1': {
          const { part, object, bytes, iv, entries } = event.data;
          parts.push({ part, object, bytes, iv, entries });
          break;
        }
        case 'exports.ready.v1':
          ({ expiresAt } = event.data);
          break;
        case 'exports.ended.v1':
        case 'exports.removed.v1':
          return undefined;
      }
    }
  }
  return requested && { requested, parts, expiresAt };
}

/** Of an export that is ready; undefined for any other. Whether its time is over is the caller's to ask. */
export const openArchive =
  (reader: StreamReader) =>
  async (id: ExportId): Promise<OpenArchive | undefined> => {
    const found = await loadExport(reader, id);
    if (found?.expiresAt === undefined) return undefined;
    const { requested, parts, expiresAt } = found;
    return { ...layoutOf(parts), owner: requested.owner, secret: requested.secret, expiresAt };
  };

/** The ids of the requests that have caused something, so that a test sees that a refused one has not. What operators try is in the audit either way. */
import { auditStream } from '../../domain/shared/streams.ts';
import type { EventLog } from '../../ports/event-log/port.ts';

const AUDIT = auditStream('');

export async function requestsIn(log: Pick<EventLog, 'logs' | 'readAll'>): Promise<ReadonlySet<string>> {
  const requests = new Set<string>();
  for (const name of log.logs) {
    for await (const { stream, metadata } of log.readAll(name)) {
      if (stream.startsWith(AUDIT)) continue;
      const { $correlationId: request } = JSON.parse(Buffer.from(metadata).toString()) as { readonly $correlationId?: string };
      if (request !== undefined) requests.add(request);
    }
  }
  return requests;
}

/** Of the request that a problem is about. */
export const requestOf = ({ instance = '' }: { readonly instance?: string }): string => instance.slice('urn:tidings:request:'.length);

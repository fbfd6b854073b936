/** The ids of the requests that have appended something, so that a test sees that a refused one has not. */
import type { EventLog } from '../../ports/event-log/port.ts';

export async function requestsIn(log: Pick<EventLog, 'logs' | 'readAll'>): Promise<ReadonlySet<string>> {
  const requests = new Set<string>();
  for (const name of log.logs) {
    for await (const { metadata } of log.readAll(name)) {
      const { $correlationId: request } = JSON.parse(Buffer.from(metadata).toString()) as { readonly $correlationId?: string };
      if (request !== undefined) requests.add(request);
    }
  }
  return requests;
}

/** Of the request that a problem is about. */
export const requestOf = ({ instance = '' }: { readonly instance?: string }): string => instance.slice('urn:tidings:request:'.length);

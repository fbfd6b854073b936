/** A link is an event of type `$>` whose data refers to another event: `revision@stream`. */
import { TOMBSTONE_REVISION, type EventStore, type StoredEvent } from '../store.ts';

export const LINK_TYPE = '$>';

/** An event; or a link with the event it refers to; or a link whose event no longer exists. */
export type ResolvedEvent =
  { readonly event: StoredEvent; readonly link?: undefined } | { readonly event: StoredEvent | undefined; readonly link: StoredEvent };

/** The event that was read itself, which of a link is the link: its revision and position are where to resume. */
export const readEventOf = ({ event, link }: ResolvedEvent): StoredEvent => link ?? event;

export const unresolved = (event: StoredEvent): ResolvedEvent => ({ event });

export function resolveLink(store: Pick<EventStore, 'readStream'>, event: StoredEvent): ResolvedEvent {
  if (event.type !== LINK_TYPE) return { event };
  const target = targetOf(event);
  return { event: target && eventAt(store, target.stream, target.revision), link: event };
}

export function linkDataTo({ revision, stream }: Pick<StoredEvent, 'revision' | 'stream'>): string {
  return `${revision === TOMBSTONE_REVISION ? TOMBSTONE_IN_LINKS : revision}@${stream}`;
}

const TOMBSTONE_IN_LINKS = '9223372036854775807'; // the largest int64

function targetOf(link: StoredEvent): { readonly stream: string; readonly revision: number } | undefined {
  const text = Buffer.from(link.data).toString('utf8');
  const at = text.indexOf('@');
  const revision = Number(text.slice(0, at));
  return at > 0 && Number.isSafeInteger(revision) ? { stream: text.slice(at + 1), revision } : undefined;
}

function eventAt(store: Pick<EventStore, 'readStream'>, stream: string, revision: number): StoredEvent | undefined {
  const read = store.readStream(stream, { from: revision, limit: 1 });
  if (read.outcome !== 'found') return undefined;
  const [event] = read.events;
  return event?.revision === revision ? event : undefined;
}

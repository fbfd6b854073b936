/** The list of groups, kept in a stream as EventStoreDB keeps it: every change writes the whole list. */
import { randomUUID } from 'node:crypto';
import type { EventStore, StoredEvent } from '../../store.ts';
import type { GroupName } from '../wire/refusals.ts';
import type { GroupRequest, GroupSettings } from './settings.ts';

const STREAM = '$persistentSubscriptionConfig';
const EVENT_TYPE = '$PersistentConfig';
const KEPT_EVENTS = 2;

type Entry = GroupName & { readonly settings: GroupSettings };

export function loadGroups(store: Pick<EventStore, 'readStream'>): readonly GroupRequest[] {
  const read = store.readStream(STREAM, { from: 'end', direction: 'backwards', limit: 1 });
  const [last] = read.outcome === 'found' ? read.events : [];
  if (last === undefined) return [];
  return entriesIn(last).map(({ source, group, settings }) => ({ name: { source, group }, settings: { ...settings, filter: settings.filter } }));
}

function entriesIn({ data, revision }: StoredEvent): readonly Entry[] {
  try {
    return (JSON.parse(Buffer.from(data).toString('utf8')) as { readonly entries: readonly Entry[] }).entries;
  } catch (error) {
    throw new Error(`Revision ${revision} of the stream ${STREAM} should list the persistent subscriptions and is not JSON.`, { cause: error });
  }
}

export async function saveGroups(
  store: Pick<EventStore, 'append' | 'setStreamMetadata' | 'streamMetadata'>,
  groups: readonly GroupRequest[],
  { by, at }: { readonly by: string; readonly at: number },
): Promise<void> {
  if (store.streamMetadata(STREAM).revision === 'no-stream') await store.setStreamMetadata(STREAM, { $maxCount: KEPT_EVENTS });
  const entries: readonly Entry[] = groups.map(({ name, settings }) => ({ ...name, settings }));
  const data = Buffer.from(JSON.stringify({ version: '2', updated: new Date(at).toISOString(), updatedBy: by, entries }));
  await store.append(STREAM, [{ id: randomUUID(), type: EVENT_TYPE, data, metadata: Buffer.alloc(0) }], 'any');
}

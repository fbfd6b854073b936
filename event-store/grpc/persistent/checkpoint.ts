/** How far a group has come: everything up to the checkpoint is done with. Kept in a stream of the group's own. */
import { randomUUID } from 'node:crypto';
import type { EventStore } from '../../store.ts';
import { ALL_STREAM } from '../access/acl.ts';
import type { Logger } from '../calls/calls.ts';
import type { GroupName } from '../wire/refusals.ts';
import { fromWirePosition, toWirePosition } from '../wire/positions.ts';

const EVENT_TYPE = '$SubscriptionCheckpoint';
const KEPT_EVENTS = 2;

export const groupKeyOf = ({ source, group }: GroupName) => `${source}::${group}`;

export const checkpointStreamOf = (name: GroupName) => `$persistentsubscription-${groupKeyOf(name)}-checkpoint`;

type Store = Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata'>;

/** As clients are shown it too: a revision, or both halves of a position. */
export function formatOffset(source: string, place: number): string {
  if (source !== ALL_STREAM) return String(place);
  const position = toWirePosition(place);
  return `C:${position}/P:${position}`;
}

export type Checkpoints = {
  /** The last that is durable. */
  last(): number | undefined;
  /** Resolves when it, and all before it, are written. A failure is logged, and mended by the next. */
  write(place: number): Promise<void>;
};

export function startCheckpoints({ store, log }: { readonly store: Store; readonly log: Logger }, name: GroupName): Checkpoints {
  const stream = checkpointStreamOf(name);
  let last = loadCheckpoint({ store, log }, name);
  let writing: Promise<void> = Promise.resolve();
  return {
    last: () => last,
    write: (place) => {
      writing = writing.then(async () => {
        if (place === last) return;
        try {
          await writeCheckpoint(store, stream, name.source, place);
          last = place;
        } catch (error) {
          log.error({ err: error, ...name }, 'a checkpoint was lost');
        }
      });
      return writing;
    },
  };
}

async function writeCheckpoint(store: Store, stream: string, source: string, place: number): Promise<void> {
  if (store.streamMetadata(stream).revision === 'no-stream') await store.setStreamMetadata(stream, { $maxCount: KEPT_EVENTS });
  const data = Buffer.from(JSON.stringify(source === ALL_STREAM ? formatOffset(source, place) : place));
  await store.append(stream, [{ id: randomUUID(), type: EVENT_TYPE, data, metadata: Buffer.alloc(0) }], 'any');
}

/** What somebody else wrote there says nothing: the group begins where it is set to. */
function loadCheckpoint({ store, log }: { readonly store: Pick<EventStore, 'readStream'>; readonly log: Logger }, name: GroupName): number | undefined {
  const read = store.readStream(checkpointStreamOf(name), { from: 'end', direction: 'backwards', limit: 1 });
  const [last] = read.outcome === 'found' ? read.events : [];
  if (last === undefined) return undefined;
  const text = Buffer.from(last.data).toString('utf8');
  const place = name.source === ALL_STREAM ? fromWirePosition(/^"C:(\d+)\/P:\d+"$/.exec(text)?.[1] ?? 'nowhere') : Number(/^\d+$/.exec(text)?.[0]);
  if (Number.isSafeInteger(place)) return place as number;
  log.error({ ...name, event: last.id }, 'a checkpoint says no place');
  return undefined;
}

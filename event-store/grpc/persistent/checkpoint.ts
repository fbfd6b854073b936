/** The checkpoint of a group: everything up to it is done. Kept in the group's checkpoint stream. */
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

/** As EventStoreDB stores and shows it: a revision, or both halves of a position. */
export function formatOffset(source: string, offset: number): string {
  if (source !== ALL_STREAM) return String(offset);
  const position = toWirePosition(offset);
  return `C:${position}/P:${position}`;
}

export type Checkpoints = {
  /** The last that is durable. */
  last(): number | undefined;
  /** Resolves when this checkpoint and earlier ones are written. A failure is logged and made up for by the next write. */
  write(offset: number): Promise<void>;
};

export function startCheckpoints({ store, logger }: { readonly store: Store; readonly logger: Logger }, name: GroupName): Checkpoints {
  const stream = checkpointStreamOf(name);
  let last = loadCheckpoint({ store, logger }, name);
  let writing: Promise<void> = Promise.resolve();
  return {
    last: () => last,
    write: (offset) => {
      writing = writing.then(async () => {
        if (offset === last) return;
        try {
          await writeCheckpoint(store, stream, name.source, offset);
          last = offset;
        } catch (error) {
          logger.error({ err: error, ...name }, 'checkpoint of a persistent subscription not written');
        }
      });
      return writing;
    },
  };
}

async function writeCheckpoint(store: Store, stream: string, source: string, offset: number): Promise<void> {
  if (store.streamMetadata(stream).revision === 'no-stream') await store.setStreamMetadata(stream, { $maxCount: KEPT_EVENTS });
  const data = Buffer.from(JSON.stringify(source === ALL_STREAM ? formatOffset(source, offset) : offset));
  await store.append(stream, [{ id: randomUUID(), type: EVENT_TYPE, data, metadata: Buffer.alloc(0) }], 'any');
}

/** An event that is not a checkpoint is ignored: the group then begins where its settings say. */
function loadCheckpoint({ store, logger }: { readonly store: Pick<EventStore, 'readStream'>; readonly logger: Logger }, name: GroupName): number | undefined {
  const read = store.readStream(checkpointStreamOf(name), { from: 'end', direction: 'backwards', limit: 1 });
  const [last] = read.outcome === 'found' ? read.events : [];
  if (last === undefined) return undefined;
  const text = Buffer.from(last.data).toString('utf8');
  const offset = name.source === ALL_STREAM ? fromWirePosition(/^"C:(\d+)\/P:\d+"$/.exec(text)?.[1] ?? 'nowhere') : Number(/^\d+$/.exec(text)?.[0]);
  if (Number.isSafeInteger(offset)) return offset as number;
  logger.error({ ...name, event: last.id }, 'checkpoint of a persistent subscription unreadable');
  return undefined;
}

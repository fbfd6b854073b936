/** The Streams service. */
import type { EventStore } from '../../store.ts';
import type { AccessControl } from '../access/acl.ts';
import { handleBatchAppend } from './batch-append.ts';
import type { CallAdapter, Logger } from '../calls/calls.ts';
import { handleAppend } from './append.ts';
import { handleDelete, handleTombstone } from './delete.ts';
import { handleRead } from './read.ts';

type StreamsStore = Pick<EventStore, 'append' | 'readStream' | 'readAllChunks' | 'subscribeToAll' | 'subscribeToStream' | 'deleteStream' | 'tombstone'>;

type Dependencies = {
  readonly store: StreamsStore;
  readonly access: AccessControl;
  readonly calls: CallAdapter;
  readonly maxAppendBytes: number;
  readonly now: () => number;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
};

export function streamsService({ calls, ...dependencies }: Dependencies) {
  return {
    read: calls.serverStream(handleRead(dependencies)),
    append: calls.clientStream(handleAppend(dependencies)),
    batchAppend: calls.duplex('write', handleBatchAppend(dependencies)),
    delete: calls.unary(handleDelete(dependencies)),
    tombstone: calls.unary(handleTombstone(dependencies)),
  };
}

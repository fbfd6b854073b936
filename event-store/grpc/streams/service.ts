/** The Streams service. */
import type { EventStore } from '../../store.ts';
import type { Access } from '../access/acl.ts';
import { answerBatchAppend } from './batch-append.ts';
import type { Calls, Log } from '../calls/calls.ts';
import { answerAppend } from './append.ts';
import { answerDelete, answerTombstone } from './delete.ts';
import { answerRead } from './read.ts';

type StreamsStore = Pick<EventStore, 'append' | 'readStream' | 'readAllChunks' | 'subscribeToAll' | 'subscribeToStream' | 'deleteStream' | 'tombstone'>;

type Dependencies = {
  readonly store: StreamsStore;
  readonly access: Access;
  readonly calls: Calls;
  readonly maxAppendBytes: number;
  readonly now: () => number;
  readonly log: Log;
};

export function streamsService({ calls, ...dependencies }: Dependencies) {
  return {
    read: calls.serverStream(answerRead(dependencies)),
    append: calls.clientStream(answerAppend(dependencies)),
    batchAppend: calls.duplex(answerBatchAppend(dependencies)),
    delete: calls.unary(answerDelete(dependencies)),
    tombstone: calls.unary(answerTombstone(dependencies)),
  };
}

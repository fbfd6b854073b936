/**
 * The states of long streams, kept in the log beside them: each in a stream of its own, of which only the newest event is kept.
 * Versioned and disposable: one that is missing, or of another version, costs a fold from the start.
 */
import { v7 } from 'uuid';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { snapshotStream } from '../../domain/shared/streams.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import { eventIdOf } from './deterministic-ids.ts';

/** A snapshot is taken when the last one is so many events old. */
export const SNAPSHOT_EVERY_EVENTS = 1_000;

export type Snapshot = { readonly state: unknown; readonly revision: number; readonly position: Position; readonly at: Instant };

export type Snapshots = {
  loadNewest(decider: AnyDecider, stream: string): Promise<Snapshot | undefined>;
  /** Changes nothing where another process has just taken one. */
  take(decider: AnyDecider, stream: string, snapshot: Snapshot): Promise<void>;
};

export function snapshotsIn({ log, codec }: { readonly log: EventLog; readonly codec: Codec }): Snapshots {
  const lastEventOf = async (stream: string) => {
    for await (const stored of log.readStream(snapshotStream(stream), { from: 'end', direction: 'backwards', limit: 1 })) return codec.decode(stored);
    return undefined;
  };
  return {
    loadNewest: async ({ snapshotVersion }, stream) => {
      if (snapshotVersion === undefined) return undefined;
      const event = await lastEventOf(stream);
      if (event?.type !== 'operations.snapshot-taken.v1' || event.data.version !== snapshotVersion) return undefined;
      const { state, revision, position, at } = event.data;
      return { state, revision, position: position as Position, at };
    },

    take: async ({ snapshotVersion }, stream, { state, revision, position, at }) => {
      if (snapshotVersion === undefined) return;
      const before = await lastEventOf(stream);
      if (before === undefined) await log.keepLast(snapshotStream(stream), 1);
      const event: OperationsEvent = { type: 'operations.snapshot-taken.v1', data: { revision, position, version: snapshotVersion, state, at } };
      const command = v7();
      const metadata = { $correlationId: command, actor: 'system:snapshots', at, command, request: command };
      const encoded = await codec.encode(snapshotStream(stream), { id: eventIdOf(metadata, stream, 0), event, metadata });
      await log.append(snapshotStream(stream), [encoded], before?.revision ?? 'no-stream');
    },
  };
}

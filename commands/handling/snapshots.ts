/**
 * The states of long streams, kept in the log beside them: each in a stream of its own, of which only the newest snapshot is kept.
 * A large state is kept compressed, in parts with an event each. Versioned and disposable: a snapshot that is missing, damaged, not
 * complete or of another version costs a fold from the start.
 */
import { v7 } from 'uuid';
import type { TidingsEvent } from '../../domain/events.ts';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { snapshotStream } from '../../domain/shared/streams.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import { LogUnavailable, type EventLog, type Position } from '../../ports/event-log/port.ts';
import { eventIdOf } from './deterministic-ids.ts';
import { packState, unpackState } from './packed-state.ts';

/** A snapshot is taken when the last one is so many events old. */
export const SNAPSHOT_EVERY_EVENTS = 1_000;

export type Snapshot = { readonly state: unknown; readonly revision: number; readonly position: Position; readonly at: Instant };

export type Snapshots = {
  loadNewest(decider: AnyDecider, stream: string): Promise<Snapshot | undefined>;
  /** Changes nothing where another process has just taken one. Never throws. */
  take(decider: AnyDecider, stream: string, snapshot: Snapshot): Promise<void>;
};

export type SnapshotsDependencies = {
  readonly log: EventLog;
  readonly codec: Codec;
  /** For a snapshot that can't be read or taken: the stream is folded from its start then. */
  readonly onSnapshotFailure?: ((stream: string, error: unknown) => void) | undefined;
};

export function snapshotsIn({ log, codec, onSnapshotFailure = () => undefined }: SnapshotsDependencies): Snapshots {
  const newestFirst = (stream: string, limit: number) => log.readStream(snapshotStream(stream), { from: 'end', direction: 'backwards', limit });

  const read = async ({ snapshotVersion }: AnyDecider, stream: string): Promise<Snapshot | undefined> => {
    const [stored] = await Array.fromAsync(newestFirst(stream, 1));
    if (stored === undefined) return undefined;
    const event = await codec.decode(stored);
    if (!isSnapshot(event) || event.data.version !== snapshotVersion) return undefined;
    const { revision, position, at } = event.data;
    const state = event.type === TAKEN ? { is: event.data.state } : await readParts(event, stream);
    return state && { state: state.is, revision, position: position as Position, at };
  };

  /** Undefined where a part is missing, because the process that took the snapshot was stopped in between or another is taking one now. */
  const readParts = async (last: SnapshotPart, stream: string): Promise<{ readonly is: unknown } | undefined> => {
    const { parts: count, revision } = last.data;
    const events = await codec.decodeAll((await Array.fromAsync(newestFirst(stream, count))).reverse());
    const parts = events.flatMap((event, part) =>
      !(event instanceof Error) && event.type === PART_TAKEN && event.data.revision === revision && event.data.part === part ? [event.data.packed] : [],
    );
    return parts.length === count ? { is: await unpackState(parts) } : undefined;
  };

  return {
    loadNewest: async (decider, stream) => {
      if (decider.snapshotVersion === undefined) return undefined;
      try {
        return await read(decider, stream);
      } catch (error) {
        if (error instanceof LogUnavailable) throw error;
        onSnapshotFailure(stream, error);
        return undefined;
      }
    },

    take: async ({ snapshotVersion: version }, stream, { state, ...of }) => {
      if (version === undefined) return;
      try {
        const parts = await packState(state);
        const events: readonly SnapshotEvent[] =
          parts === undefined
            ? [{ type: TAKEN, data: { ...of, version, state } }]
            : parts.map((packed, part) => ({ type: PART_TAKEN, data: { ...of, version, part, parts: parts.length, packed } }));
        const [newest] = await Array.fromAsync(newestFirst(stream, 1));
        await log.keepLast(snapshotStream(stream), events.length);
        let expected = newest?.revision;
        for (const event of events) {
          const command = v7();
          const metadata = { $correlationId: command, actor: 'system:snapshots', at: of.at, command, request: command };
          const encoded = await codec.encode(snapshotStream(stream), { id: eventIdOf(metadata, stream, 0), event, metadata });
          const appended = await log.append(snapshotStream(stream), [encoded], expected ?? 'no-stream');
          if (appended.outcome === 'conflict') return;
          expected = appended.revision;
        }
      } catch (error) {
        onSnapshotFailure(stream, error);
      }
    },
  };
}

const TAKEN = 'operations.snapshot-taken.v1';
const PART_TAKEN = 'operations.snapshot-part-taken.v1';

type SnapshotEvent = Extract<OperationsEvent, { readonly type: typeof TAKEN | typeof PART_TAKEN }>;
type SnapshotPart = Extract<OperationsEvent, { readonly type: typeof PART_TAKEN }>;

const isSnapshot = <Event extends TidingsEvent>(event: Event): event is Event & SnapshotEvent => event.type === TAKEN || event.type === PART_TAKEN;

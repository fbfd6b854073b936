/** What this process remembers of a stream, and how an event changes it. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { handledCommandIn, type HandledCommand } from './idempotency.ts';

/** Commands remembered a stream; older ones are looked up in the log. */
export const HANDLED_COMMANDS_MAX = 10_000;

export type CachedStream = {
  state: unknown;
  /** Of the stream's last event; -1 where there is no stream. */
  revision: number;
  position: Position | undefined;
  /** When the last event was; undefined where none was folded here. */
  lastEventAt: Instant | undefined;
  /** Of the newest snapshot; -1 where there is none. */
  snapshotRevision: number;
  /** By id, oldest first: every command handled in this stream since `handledSince`. */
  handledCommands: Map<string, HandledCommand>;
  handledSince: Instant | 'start';
  /** The events from here on were scanned for handled commands. */
  scannedFromRevision: number;
};

export const emptyStream = (decider: AnyDecider): CachedStream => ({
  state: decider.initialState,
  revision: -1,
  position: undefined,
  lastEventAt: undefined,
  snapshotRevision: -1,
  handledCommands: new Map(),
  handledSince: 'start',
  scannedFromRevision: 0,
});

/** Whether every command that was handled here since then is remembered. */
export const remembersSince = ({ handledSince }: CachedStream, since: Instant): boolean => handledSince === 'start' || since >= handledSince;

export function applyEvent(cached: CachedStream, decider: AnyDecider, event: Recorded<TidingsEvent>): void {
  cached.state = decider.evolve(cached.state, event);
  cached.revision = event.revision;
  cached.position = event.position as Position;
  cached.lastEventAt = event.metadata.at;
  rememberCommand(cached, event.metadata.command, handledCommandIn(event));
}

export function rememberCommand(cached: CachedStream, command: string, handled: HandledCommand): void {
  cached.handledCommands.delete(command);
  cached.handledCommands.set(command, handled);
  if (cached.handledCommands.size <= HANDLED_COMMANDS_MAX) return;
  for (const [oldest, { at, revision }] of cached.handledCommands) {
    cached.handledCommands.delete(oldest);
    cached.handledSince = plus(at, 1);
    cached.scannedFromRevision = revision + 1;
    break;
  }
}

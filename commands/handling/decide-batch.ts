/** Decides the commands of a batch in turn, each on the state that the ones before it lead to, and encodes the events of all of them. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { DomainEvent } from '../../domain/shared/event.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import { SubjectErased } from '../../ports/event-log/keyring.ts';
import type { NewEvent, Position } from '../../ports/event-log/port.ts';
import type { QueuedCommand } from './command-queue.ts';
import { eventIdOf } from './deterministic-ids.ts';
import { repeatedResult, type HandledCommand } from './idempotency.ts';
import { refused, type CommandResult } from './results.ts';
import type { StreamState } from './stream-states.ts';

/** The log takes 1 MiB at once (EventStoreDB's default); commands whose events are beyond wait for the next append. */
const BATCH_BYTES_MAX = 1_000_000;

/** A command's result, once it is known at which position the batch was appended. */
type PendingResult = (appended: Position | undefined) => CommandResult;

/** A command whose events are in this batch: its position is not known yet. */
type DecidedCommand = Omit<HandledCommand, 'position'>;

export type DecidedBatch = {
  /** In the order of the batch; fewer where the events of all of it would be too large for one append. */
  readonly results: readonly PendingResult[];
  readonly events: readonly NewEvent[];
  /** As it is once the events are appended. */
  readonly after: { readonly state: unknown; readonly revision: number };
  readonly commands: ReadonlyMap<string, DecidedCommand>;
};

export async function decideBatch(
  codec: Codec,
  {
    decider,
    stream,
    loaded,
    batch,
  }: { readonly decider: AnyDecider; readonly stream: string; readonly loaded: StreamState; readonly batch: readonly QueuedCommand[] },
): Promise<DecidedBatch> {
  const results: PendingResult[] = [];
  const events: NewEvent[] = [];
  const commands = new Map<string, DecidedCommand>();
  let { state, revision } = loaded;
  let bytes = 0;
  for (const queued of batch) {
    const { command, context } = queued;
    const repeated = repeatedOf(context, stream, loaded, commands);
    if (repeated !== undefined) {
      results.push(repeated);
      continue;
    }
    const { barred } = context;
    if (barred !== undefined) {
      results.push(() => ({ outcome: 'refused', refusal: barred }));
      continue;
    }
    const decision = decider.decide(state, command);
    if (decision.outcome === 'refused') {
      results.push(() => decision);
      continue;
    }
    if (decision.events.length === 0) {
      results.push(unchangedAt(stream, revision, loaded));
      continue;
    }
    const encoded = await encodeAll(codec, stream, decision.events, queued);
    if (encoded === 'erased') {
      results.push(() => refused('person-erased'));
      continue;
    }
    bytes += encoded.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    if (bytes > BATCH_BYTES_MAX && events.length > 0) break;
    events.push(...encoded);
    state = decision.events.reduce(decider.evolve, state);
    revision += encoded.length;
    commands.set(context.command, { revision, request: context.request, at: context.at });
    results.push(appendedAt(stream, revision, decision.events));
  }
  return { results, events, after: { state, revision }, commands };
}

/** The same command may have been handled before, or earlier in this batch. */
function repeatedOf(
  context: QueuedCommand['context'],
  stream: string,
  { handledCommands }: StreamState,
  commands: ReadonlyMap<string, DecidedCommand>,
): PendingResult | undefined {
  const handled = handledCommands.get(context.command);
  if (handled !== undefined) return () => repeatedResult(stream, handled, context);
  const decided = commands.get(context.command);
  return decided && ((appended) => repeatedResult(stream, { ...decided, position: appended as Position }, context));
}

const unchangedAt =
  (stream: string, revision: number, loaded: StreamState): PendingResult =>
  (appended) => ({ outcome: 'unchanged', stream, revision, position: revision > loaded.revision ? appended : loaded.position });

const appendedAt =
  (stream: string, revision: number, events: readonly DomainEvent[]): PendingResult =>
  (appended) => ({ outcome: 'appended', stream, revision, position: appended as Position, repeated: false, events });

async function encodeAll(
  codec: Codec,
  stream: string,
  events: readonly DomainEvent[],
  { context: { command, request, actor, at, correlationId, causationId, app }, readRevisions }: QueuedCommand,
): Promise<readonly NewEvent[] | 'erased'> {
  const metadata = {
    $correlationId: correlationId,
    ...(causationId === undefined ? {} : { $causationId: causationId }),
    actor,
    at,
    ...(app === undefined ? {} : { app }),
    command,
    request,
    ...(readRevisions === undefined ? {} : { relied: readRevisions }),
  };
  try {
    return await Promise.all(
      events.map((event, index) => codec.encode(stream, { id: eventIdOf({ command, request }, stream, index), event: event as TidingsEvent, metadata })),
    );
  } catch (error) {
    if (error instanceof SubjectErased) return 'erased';
    throw error;
  }
}

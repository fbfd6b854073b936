/**
 * The way of every command to the log. A command queues with others for the same stream (`command-queue.ts`); the numbered steps of
 * `handleBatch` are what happens to a batch of them. A decision is never made on a view.
 */
import type { AnyDecider, Decider } from '../../domain/shared/decider.ts';
import type { DomainEvent } from '../../domain/shared/event.ts';
import { instant } from '../../domain/shared/instant.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import type { AdvisoryLocks } from '../../ports/advisory-locks/port.ts';
import type { CommandContext } from './command-context.ts';
import { createContention, type Contention } from './contention.ts';
import { createCommandQueue, type QueuedCommand } from './command-queue.ts';
import { decideBatch } from './decide-batch.ts';
import { lookupAfterLostAnswer, lookupOf, repeatedResult } from './idempotency.ts';
import { refused, type CommandResult } from './results.ts';
import { createStreamStates, type StreamStates, type StreamStatesDependencies } from './stream-states.ts';

/**
 * How long a batch is decided again after conflicts with other processes, before it is refused as `write-contention`. A process that is
 * slower than the others may lose many times in a row; its batch grows meanwhile, so that whoever wins leaves it more room.
 */
const CONTENDED_MAX_MS = 5_000;
/** How often an append whose answer was lost is tried again. */
const OUTAGE_TRIES_MAX = 3;
const RETRY_DELAY_MAX_MS = 50;
/** The delay grows no more after so many tries: whoever waits longest would win least. */
const RETRY_DELAY_GROWS_FOR = 3;

/** A stream at the revision at which it was read beside a decision. */
export type StreamRevision = { readonly stream: string; readonly revision: number };

export type LoadedState<State> = StreamRevision & { readonly state: State };

export type Handle = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  stream: string,
  command: Command,
  context: CommandContext,
  options?: { readonly readRevisions?: readonly StreamRevision[] },
) => Promise<CommandResult>;

/** The state of a stream as the log has it now: never older than the call. */
export type LoadState = <State, Command, Event extends DomainEvent>(decider: Decider<State, Command, Event>, stream: string) => Promise<LoadedState<State>>;

/**
 * What this process remembers of a stream: no read, and perhaps behind the log. Only for what an append at exactly this revision
 * confirms, or where anything but the state that is hoped for leads to a read. Undefined where nothing is remembered.
 */
export type RecallState = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  stream: string,
) => LoadedState<State> | undefined;

/** The result of this command if it was handled in the stream before. A command that writes to several streams asks before its first step. */
export type FindEarlierResult = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  stream: string,
  context: CommandContext,
) => Promise<CommandResult | undefined>;

export type CommandHandling = {
  readonly handle: Handle;
  readonly loadState: LoadState;
  readonly recallState: RecallState;
  readonly findEarlierResult: FindEarlierResult;
};

export type HandleDependencies = StreamStatesDependencies & {
  /** Absent where no other process appends. */
  readonly locks?: AdvisoryLocks;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
};

export function createHandling(dependencies: HandleDependencies): CommandHandling {
  const states = createStreamStates(dependencies);
  const contention = createContention(dependencies);
  const queue = createCommandQueue(contention, (decider, stream, batch) => handleBatch(dependencies, { states, contention }, { decider, stream, batch }));

  return {
    handle: (decider, stream, command, context, { readRevisions } = {}) => {
      const enqueue = () =>
        queue.enqueue(decider as unknown as AnyDecider, stream, {
          command,
          context,
          readRevisions: readRevisions && Object.fromEntries(readRevisions.map((read) => [read.stream, read.revision])),
        });
      return context.place === undefined ? enqueue() : context.place.enter(enqueue);
    },

    loadState: async (decider, stream) => {
      const { state, revision } = await states.loadCurrent(decider as unknown as AnyDecider, stream);
      return { state: state as ReturnType<typeof decider.evolve>, stream, revision };
    },

    recallState: (decider, stream) => {
      const remembered = states.recall(stream);
      return remembered && { state: remembered.state as ReturnType<typeof decider.evolve>, stream, revision: remembered.revision };
    },

    findEarlierResult: async (decider, stream, context) => {
      const { handledCommands } = await states.loadForDecision(decider as unknown as AnyDecider, stream, lookupOf([context]), { catchUp: true });
      const handled = handledCommands.get(context.command);
      return handled && repeatedResult(stream, handled, context);
    },
  };
}

/** Returns the results of the first commands of the batch: fewer than all where their events would be too large for one append. */
async function handleBatch(
  { log, codec, sleep = delay, random = Math.random }: HandleDependencies,
  { states, contention }: { readonly states: StreamStates; readonly contention: Contention },
  { decider, stream, batch }: { readonly decider: AnyDecider; readonly stream: string; readonly batch: readonly QueuedCommand[] },
): Promise<readonly CommandResult[]> {
  const contexts = batch.map(({ context }) => context);
  let lookup = lookupOf(contexts);
  const startedMs = performance.now();
  let outages = 0;
  let conflictRevision: number | undefined; // at which the log would not take what was decided
  using turns = new DisposableStack();
  let hasTurn = contention.isContended(stream); // the queue waited for it
  for (let tries = 1, isCaughtUp = hasTurn; ; tries++, isCaughtUp = true) {
    // 1. Load the state, and which of these commands were handled before: from the cache at first, from the log where others append too.
    let loaded = await states.loadForDecision(decider, stream, lookup, { catchUp: isCaughtUp });
    if (loaded.revision === conflictRevision) {
      // No other process was faster, so the log knows one of these commands from before the time that the lookup reached back to.
      lookup = { ...lookup, since: instant(0) };
      loaded = await states.loadForDecision(decider, stream, lookup, { catchUp: false });
    }

    // 2. A command that was handled before gets its first result; the others are decided, each on what the ones before it decided.
    const { results, events, after, commands } = await decideBatch(codec, { decider, stream, loaded, batch });

    // 3. That nothing is to be appended is decided on what the log says now, for no append could contradict it.
    if (events.length === 0) {
      if (isCaughtUp) return results.map((resultAt) => resultAt(undefined));
      continue;
    }

    try {
      // 4. Append at the exact revision that was decided on.
      const appended = await log.append(stream, events, loaded.revision < 0 ? 'no-stream' : loaded.revision);
      // Another revision than expected means that the log took these ids for an append of long ago, and has appended nothing now.
      if (appended.outcome === 'appended' && appended.revision === after.revision) {
        const { position } = appended;
        states.recordAppended(stream, { ...after, position }, new Map(Array.from(commands, ([id, decided]) => [id, { ...decided, position }])));
        return results.map((resultAt) => resultAt(position));
      }
      // 5. On a conflict, start again, when it is this process's turn.
      if (performance.now() - startedMs >= CONTENDED_MAX_MS) return batch.map(() => refused('write-contention'));
      conflictRevision = loaded.revision;
      contention.recordConflict(stream);
      if (!hasTurn) {
        const turn = turns.use(await contention.awaitTurn(stream));
        hasTurn = turn !== undefined;
        if (hasTurn) continue;
      }
    } catch (error) {
      // The answer was lost, not necessarily the events: the next decision, here or later, first looks for them in the stream.
      states.invalidate(stream);
      lookup = lookupAfterLostAnswer(lookup, contexts);
      if (!(error instanceof LogUnavailable) || ++outages >= OUTAGE_TRIES_MAX) throw error;
    }
    await sleep(random() * RETRY_DELAY_MAX_MS * Math.min(tries, RETRY_DELAY_GROWS_FOR));
  }
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * What is the same for every command: wait in the stream's line, load, look whether it was handled before, decide, append at the
 * exact revision, and on a conflict decide again. A deciding state is never a view.
 */
import type { Decider, Refusal } from '../../domain/shared/decider.ts';
import type { DomainEvent } from '../../domain/shared/event.ts';
import type { TidingsEvent } from '../../domain/events.ts';
import { instant, plus, type Instant } from '../../domain/shared/instant.ts';
import { SubjectErased } from '../../ports/event-log/keyring.ts';
import { LogUnavailable, type NewEvent, type Position } from '../../ports/event-log/port.ts';
import { CLOCK_SKEW_MAX_MS, type CommandContext } from './command-context.ts';
import { eventIdOf } from './deterministic-ids.ts';
import {
  createStreamStates,
  type HandledCommand,
  type StreamState,
  type StreamStates,
  type StreamStatesDependencies,
  type IdempotencyLookup,
} from './stream-states.ts';

/** How often a command is decided again when others were faster, before it is refused as `write-contention`. */
const APPEND_TRIES_MAX = 8;
/** How often an append whose answer was lost is asked for again. */
const OUTAGE_TRIES_MAX = 3;
const RETRY_DELAY_MAX_MS = 50;
/** What waits in a stream's line is appended together, so many commands at most. */
const BATCH_COMMANDS_MAX = 256;
/** And so many bytes, for the log takes 1 MiB at once (EventStoreDB's default). What is beyond waits for the next append. */
const BATCH_BYTES_MAX = 1_000_000;
/** So many commands may wait for one stream; what comes then is refused as `write-contention`. */
const WAITING_COMMANDS_MAX = 4_096;

export type CommandResult =
  | {
      readonly outcome: 'appended';
      readonly stream: string;
      readonly revision: number;
      readonly position: Position;
      /** This very command was handled before, and this is the first answer again. */
      readonly repeated: boolean;
      /** Where it is repeated, when it was handled first: now, where only the answer of the log was lost. */
      readonly firstAt?: Instant;
      /** What was appended just now; nothing where it is repeated. */
      readonly events: readonly DomainEvent[];
    }
  /** What was asked for is so; the stream's head, where there is a stream. */
  | { readonly outcome: 'unchanged'; readonly stream: string; readonly revision: number; readonly position: Position | undefined }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** The state of another stream, never older than the call, with the revision that the decision relies on. */
export type LoadedState<State> = { readonly state: State; readonly stream: string; readonly revision: number };

export type Handle = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  stream: string,
  command: Command,
  context: CommandContext,
  options?: { readonly readRevisions?: readonly LoadedState<unknown>[] },
) => Promise<CommandResult>;

export type LoadState = <State, Command, Event extends DomainEvent>(decider: Decider<State, Command, Event>, stream: string) => Promise<LoadedState<State>>;

/** The first answer of a command that was handled in this stream before: asked by commands that write to several streams, before they begin. */
export type FindEarlierResult = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  stream: string,
  context: CommandContext,
) => Promise<CommandResult | undefined>;

export type CommandHandling = { readonly handle: Handle; readonly loadState: LoadState; readonly findEarlierResult: FindEarlierResult };

type AnyDecider = Decider<unknown, unknown, DomainEvent>;
type Waiting = {
  readonly command: unknown;
  readonly context: CommandContext;
  readonly readRevisions: Readonly<Record<string, number>> | undefined;
  readonly answer: (handled: CommandResult) => void;
  readonly fail: (error: unknown) => void;
};
type CommandQueue = { readonly decider: AnyDecider; readonly waiting: Waiting[] };

export type HandleDependencies = StreamStatesDependencies & {
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
};

export function createHandling(dependencies: HandleDependencies): CommandHandling {
  const states = createStreamStates(dependencies);
  const lines = new Map<string, CommandQueue>();

  const handle: Handle = (decider, stream, command, context, options) =>
    new Promise<CommandResult>((answer, fail) => {
      const readRevisions = options?.readRevisions === undefined ? undefined : Object.fromEntries(options.readRevisions.map((on) => [on.stream, on.revision]));
      const waiting: Waiting = { command, context, readRevisions, answer, fail };
      const line = lines.get(stream);
      if (line === undefined) {
        const begun = { decider: decider as unknown as AnyDecider, waiting: [waiting] };
        lines.set(stream, begun);
        void drain(stream, begun);
      } else if (line.waiting.length >= WAITING_COMMANDS_MAX) answer({ outcome: 'refused', refusal: { code: 'write-contention' } });
      else line.waiting.push(waiting);
    });

  const drain = async (stream: string, line: CommandQueue) => {
    while (line.waiting.length > 0) {
      const batch = line.waiting.splice(0, BATCH_COMMANDS_MAX);
      try {
        const answers = await handleBatch(dependencies, states, line.decider, stream, batch);
        answers.forEach((answer, i) => batch[i]?.answer(answer));
        line.waiting.unshift(...batch.slice(answers.length));
      } catch (error) {
        for (const waiting of batch) waiting.fail(error);
      }
    }
    lines.delete(stream);
  };

  const loadState: LoadState = async (decider, stream) => {
    const { state, revision } = await states.upToDate(decider as unknown as AnyDecider, stream);
    return { state: state as ReturnType<typeof decider.evolve>, stream, revision };
  };

  const findEarlierResult: FindEarlierResult = async (decider, stream, context) => {
    const { recent } = await states.forDeciding(decider as unknown as AnyDecider, stream, wantedOf([{ context }]), { catchUp: true });
    const first = recent.get(context.command);
    return first === undefined ? undefined : again(stream, first, context, undefined);
  };

  return { handle, loadState, findEarlierResult };
}

/** A batch is decided in turn, each on what the ones before it decided, and appended as one. Answers less where all of it would be too large for one append. */
async function handleBatch(
  { log, codec, sleep = delay, random = Math.random }: HandleDependencies,
  states: StreamStates,
  decider: AnyDecider,
  stream: string,
  batch: readonly Waiting[],
): Promise<readonly CommandResult[]> {
  let wanted = wantedOf(batch);
  let outages = 0;
  let turnedDownAt: number | undefined; // the revision at which the log would not take what was decided
  for (let tries = 1, isCaughtUp = false; ; tries++, isCaughtUp = true) {
    let before = await states.forDeciding(decider, stream, wanted, { catchUp: isCaughtUp });
    if (before.revision === turnedDownAt) {
      // Nobody was faster, so the log knows one of these commands from before the time at which we have looked for it.
      wanted = { ...wanted, since: instant(0) };
      before = await states.forDeciding(decider, stream, wanted, { catchUp: false });
    }
    const { decided, events, after, begun } = await decideAll(codec, decider, stream, before, batch);
    if (events.length === 0) {
      if (isCaughtUp) return decided.map((answer) => answer(undefined));
      continue; // no append can contradict it, so what other processes have appended is to be known first
    }
    try {
      const appended = await log.append(stream, events, before.revision < 0 ? 'no-stream' : before.revision);
      // At another revision it answers what was appended long ago, and has appended nothing.
      if (appended.outcome === 'appended' && appended.revision === after.revision) {
        states.remember(stream, { ...after, position: appended.position }, handledNow(begun, appended.position));
        return decided.map((answer) => answer(appended.position));
      }
      if (tries >= APPEND_TRIES_MAX) return batch.map(() => ({ outcome: 'refused', refusal: { code: 'write-contention' } }));
      turnedDownAt = before.revision;
    } catch (error) {
      // The answer was lost, not necessarily the events: whoever decides next, here or later, looks for them in the stream before.
      states.invalidate(stream);
      wanted = alsoOfJustNow(wanted, batch);
      if (!(error instanceof LogUnavailable) || ++outages >= OUTAGE_TRIES_MAX) throw error;
    }
    await sleep(random() * RETRY_DELAY_MAX_MS * tries);
  }
}

/** Also what nobody can have handled when it came may have been handled since. Others, whose clocks differ, may have appended after it. */
function alsoOfJustNow({ commands, since }: IdempotencyLookup, batch: readonly Pick<Waiting, 'context'>[]): IdempotencyLookup {
  const tried = batch.map(({ context }) => plus(context.at, -CLOCK_SKEW_MAX_MS));
  return { commands, since: [...tried, ...(since === undefined ? [] : [since])].sort()[0] };
}

/** With the earliest time at which any of these commands may have been handled before. */
function wantedOf(batch: readonly Pick<Waiting, 'context'>[]): IdempotencyLookup {
  const since = batch.reduce<CommandContext['since']>(
    (earliest, { context }) => (context.since !== undefined && (earliest === undefined || context.since < earliest) ? context.since : earliest),
    undefined,
  );
  return { commands: new Set(batch.map(({ context }) => context.command)), since };
}

/** The answer to one command, once it is known where the batch was appended. */
type Answer = (appended: Position | undefined) => CommandResult;

async function decideAll(codec: HandleDependencies['codec'], decider: AnyDecider, stream: string, before: StreamState, batch: readonly Waiting[]) {
  const decided: Answer[] = [];
  const events: NewEvent[] = [];
  const begun = new Map<string, Omit<HandledCommand, 'position'>>();
  let { state, revision } = before;
  let bytes = 0;
  for (const { command, context, readRevisions } of batch) {
    const handledBefore = before.recent.get(context.command) ?? begun.get(context.command);
    if (handledBefore !== undefined) {
      decided.push((appended) => again(stream, handledBefore, context, appended));
      continue;
    }
    const decision = decider.decide(state, command);
    if (decision.outcome === 'refused') {
      decided.push(() => decision);
      continue;
    }
    if (decision.events.length === 0) {
      const head = revision;
      decided.push((appended) => ({ outcome: 'unchanged', stream, revision: head, position: head > before.revision ? appended : before.position }));
      continue;
    }
    const encoded = await encodeAll(codec, stream, decision.events, context, readRevisions);
    if (encoded === 'erased') {
      decided.push(() => ({ outcome: 'refused', refusal: { code: 'person-erased' } }));
      continue;
    }
    bytes += encoded.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    if (bytes > BATCH_BYTES_MAX && events.length > 0) break;
    events.push(...encoded);
    state = decision.events.reduce(decider.evolve, state);
    revision += encoded.length;
    const place = { revision, request: context.request, at: context.at };
    begun.set(context.command, place);
    decided.push((appended) => ({
      outcome: 'appended',
      stream,
      revision: place.revision,
      position: appended as Position,
      repeated: false,
      events: decision.events,
    }));
  }
  return { decided, events, after: { state, revision }, begun };
}

const handledNow = (begun: ReadonlyMap<string, Omit<HandledCommand, 'position'>>, position: Position) =>
  new Map(Array.from(begun, ([command, first]) => [command, { ...first, position }] as const));

function again(
  stream: string,
  first: HandledCommand | Omit<HandledCommand, 'position'>,
  context: CommandContext,
  appended: Position | undefined,
): CommandResult {
  if (first.request !== context.request) return { outcome: 'refused', refusal: { code: 'idempotency-key-reused' } };
  const position = 'position' in first ? first.position : (appended as Position);
  return { outcome: 'appended', stream, revision: first.revision, position, repeated: true, firstAt: first.at, events: [] };
}

async function encodeAll(
  codec: HandleDependencies['codec'],
  stream: string,
  events: readonly DomainEvent[],
  { command, request, actor, at, correlationId, causationId, app }: CommandContext,
  readRevisions: Waiting['readRevisions'],
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

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

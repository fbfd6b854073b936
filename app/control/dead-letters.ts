/** Lists dead letters, and has them retried or skipped. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { positionOf } from '../../projections/progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters, resolveDeadLetter, type DeadLetter } from '../../projections/engine/dead-letters.ts';
import type { AppendOperations } from '../../projections/dependencies.ts';
import { ControlFailure, type DeadLetterLine, type OperationRequest, type ResolvedLine } from './protocol.ts';

/** How long to wait for the runners to resolve the dead letters. */
const WAIT_MAX_MS = 30_000;
const POLL_MS = 50;

type Dependencies = {
  readonly log: Pick<EventLog, 'logs' | 'head'>;
  readonly views: ViewStore;
  readonly appendOperations: AppendOperations;
  readonly clock: () => Instant;
  /** Whether the projection runs, and acts on what is asked of it; starts it where that is possible. */
  readonly runsSomewhere: (projection: string) => Promise<boolean>;
};

export async function* listDeadLetters(
  { views }: Pick<Dependencies, 'views'>,
  { projection }: OperationRequest<'list-dead-letters'>,
): AsyncIterable<DeadLetterLine> {
  for await (const letter of allLetters(views)) if (projection === undefined || letter.projection === projection) yield lineOf(letter);
}

/** Appends a request for each dead letter to the log, waits for the runners, and answers the outcome of each. */
export async function* resolveDeadLetters(
  dependencies: Dependencies,
  { projection, stream, how }: OperationRequest<'resolve-dead-letters'>,
  signal: AbortSignal,
): AsyncIterable<ResolvedLine> {
  const letters: DeadLetter[] = [];
  for await (const letter of allLetters(dependencies.views)) {
    if (letter.projection === projection && (stream === undefined || letter.stream === stream)) letters.push(letter);
  }
  if (letters.length === 0) throw new ControlFailure('unknown', `${projection} has no dead letters${stream === undefined ? '' : ` of the stream ${stream}`}.`);
  const asked = new Set<string>(); // a build and its rebuild may have the same dead letter
  for (const letter of letters) {
    const key = `${letter.stream}@${letter.revision}`;
    if (asked.has(key)) continue;
    await resolveDeadLetter(dependencies, letter, how);
    asked.add(key);
    signal.throwIfAborted();
  }
  const heads = await Promise.all(dependencies.log.logs.map((name) => dependencies.log.head(name)));
  const deadline = AbortSignal.any([signal, AbortSignal.timeout((await dependencies.runsSomewhere(projection)) ? WAIT_MAX_MS : 0)]);
  for (const checkpoint of new Set(letters.map((letter) => letter.checkpoint))) {
    const hasReached = await hasReachedHead(dependencies.views, checkpoint, heads, deadline);
    const left = await loadDeadLetters(dependencies.views, checkpoint);
    for (const letter of letters) if (letter.checkpoint === checkpoint) yield outcomeOf(letter, left.get(letter.stream), hasReached);
  }
}

function outcomeOf(letter: DeadLetter, left: DeadLetter | undefined, hasReached: boolean): ResolvedLine {
  const { projection, stream, revision, checkpoint: runner } = letter;
  const line = { projection, runner, stream, revision };
  if (!hasReached) return { ...line, outcome: 'requested', error: null };
  return left === undefined ? { ...line, outcome: 'resolved', error: null } : { ...line, outcome: 'failed-again', revision: left.revision, error: left.error };
}

/** A checkpoint is of one log, and has to reach the head of that log. */
async function hasReachedHead(
  views: Pick<ViewStore, 'checkpoint'>,
  checkpoint: string,
  heads: readonly (Position | undefined)[],
  deadline: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const reached = positionOf(await views.checkpoint(checkpoint));
    if (heads.some((head) => head !== undefined && covers(reached, head))) return true;
    if (deadline.aborted) return false;
    await delay(POLL_MS, undefined, { signal: deadline }).catch(() => undefined);
  }
}

async function* allLetters(views: ViewStore): AsyncIterable<DeadLetter> {
  await views.prepare(deadLettersSchema);
  for (const checkpoint of (await views.checkpoints()).keys()) yield* (await loadDeadLetters(views, checkpoint)).values();
}

const lineOf = ({ projection, checkpoint: runner, stream, revision, position, waiting, at, error }: DeadLetter): DeadLetterLine => ({
  projection,
  runner,
  stream,
  revision,
  position,
  waiting,
  at,
  error,
});

/**
 * The three kinds of projection, told apart by type because they may not be treated alike: a projector writes views and may be
 * replayed at any time; a reactor causes something outside; a process turns events into commands.
 */
import type { DomainEvent, Recorded } from '../domain/shared/event.ts';
import type { Document, Index, Scalar } from '../ports/views/port.ts';

type Source = { readonly stream: string; readonly revision: number };
type Change = 'created' | 'changed' | 'removed' | 'unchanged';

/**
 * The writes a fold may make. `update` does nothing where the document has already seen this revision of this stream, so a
 * replay, an event seen twice and an event that comes late all change nothing. Returning `undefined` removes the document and
 * leaves a tombstone, which a late event of the same stream can't raise again.
 *
 * A fold runs twice: once to learn which documents it needs (every `update` then answers 'unchanged'), once for real. So the
 * keys it names may not depend on what it reads.
 */
export type Collection<Doc> = {
  update(id: string, source: Source, fold: (before: Doc | undefined) => Doc | undefined): Change;
  /**
   * For what comes out the same however often and in whatever order it is applied: a maximum. Nothing is remembered of its
   * sources, so a document may have any number of them. Not for a document that is also updated.
   */
  join(id: string, fold: (before: Doc | undefined) => Doc): void;
  /** Adds to counters. Only where an `update` of a document that exists once answered that it was created or removed: that is what makes it happen once. Not for a document that is also updated. */
  increment(id: string, by: Readonly<Record<string, number>>): void;
  /** Sets fields of every document that matches, by fields that an index names: how the views forget a person. */
  patch(where: Readonly<Record<string, Scalar>>, set: Partial<Doc>): void;
};

export type Collections<Views> = { readonly [Name in keyof Views]: Collection<Views[Name]> };

export type Projector<Event extends DomainEvent, Views extends Readonly<Record<string, Document>>> = {
  readonly kind: 'projector';
  readonly name: string;
  readonly version: number;
  readonly handles: readonly Event['type'][];
  readonly indexes: { readonly [Name in keyof Views]: readonly Index[] };
  readonly project: (event: Recorded<Event>, views: Collections<Views>) => void;
};

/**
 * Causes something outside the log: a job, a hint, a push. Each effect is idempotent by event id or fenced by an append, so
 * running an event twice is harmless. `after` names the projectors whose views it reads; it waits until they have passed the event.
 */
export type Reactor<Event extends DomainEvent> = {
  readonly kind: 'reactor';
  readonly name: string;
  readonly version: number;
  readonly handles: readonly Event['type'][];
  readonly after: readonly string[];
  /** Where it begins when it is new to this log; at its start where absent. */
  readonly since?: 'start' | 'now';
  /**
   * What must be remembered until it is finished: written before the effects, seen by a sweeper. Where several events share a
   * document, finishing it for the newest of them finishes it for all.
   */
  readonly indexes?: { readonly [collection: string]: readonly Index[] };
  readonly begin?: (event: Recorded<Event>, views: Collections<Readonly<Record<string, Document>>>) => void;
  /** Which of these documents are finished, in their order; where it is absent, a document is removed when it is finished. */
  readonly finished?: (begun: readonly Document[]) => Promise<readonly boolean[]>;
  readonly react: (event: Recorded<Event>) => Promise<void>;
};

/** Turns events into commands, on the same terms: a command has the event's id in its own, so that asking twice is asking once. */
export type Process<Event extends DomainEvent> = {
  readonly kind: 'process';
  readonly name: string;
  readonly version: number;
  readonly handles: readonly Event['type'][];
  readonly after: readonly string[];
  readonly since?: 'start' | 'now';
  readonly react: (event: Recorded<Event>) => Promise<void>;
};

// A list of projections of different events and views: what they have in common is all that the runner needs.
type Any<Projection> = Omit<Projection, 'handles'> & { readonly handles: readonly string[] };
export type AnyProjector = Omit<Any<Projector<never, never>>, 'indexes'> & { readonly indexes: Readonly<Record<string, readonly Index[]>> };
export type AnyReaction = Any<Reactor<never>> | Any<Process<never>>;
export type AnyProjection = AnyProjector | AnyReaction;

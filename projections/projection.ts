/**
 * The three kinds of projection, told apart by type because each is treated differently: a projector writes views and may be
 * replayed at any time; a reactor causes something outside; a process turns events into commands.
 */
import type { DomainEvent, Recorded } from '../domain/shared/event.ts';
import type { CollectionIndex, Document, Scalar } from '../ports/views/port.ts';

/**
 * `paceMs`: the shortest time between two batches of a runner that has caught up, where that may be longer than the runners' own. While
 * much happens, what comes in that time is one commit, and several events of one document are one write. An event after a pause is
 * taken at once.
 */
type Paced = { readonly paceMs?: number };

type SourceRevision = { readonly stream: string; readonly revision: number };
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
  update(id: string, source: SourceRevision, fold: (before: Doc | undefined) => Doc | undefined): Change;
  /**
   * As `update`, by the event that the document begins with: it need not be loaded, for no event before has written it. Where one has
   * after all, as where this event comes late, the batch is folded again with what is there.
   */
  create(id: string, source: SourceRevision, fold: (before: Doc | undefined) => Doc | undefined): Change;
  /**
   * As `update`. What the document said before leaves the disk within a minute, as what a `patch` overwrites does. Where the fold answers
   * `undefined`, no event of any stream makes a document of this id again.
   */
  forget(id: string, source: SourceRevision, fold: (before: Doc | undefined) => Doc | undefined): Change;
  /**
   * For a fold that comes out the same however often and in whatever order it is applied: a maximum. Nothing is remembered of its
   * sources, so a document may have any number of them. Not for a document that is also updated.
   */
  merge(id: string, fold: (before: Doc | undefined) => Doc): void;
  /** As `merge`, of a document that exists: where there is none, nothing is written. It may also be updated, as long as that comes to the same. */
  mergeExisting(id: string, fold: (before: Doc) => Doc): void;
  /**
   * Adds to counters. Call it only where an `update` of a document that exists once answered that the document was created or
   * removed, or for what the fold of an `update` was called with: then it happens once. Unlike that of an `update`, its id may depend
   * on what was read. Not for a document that is also updated.
   */
  increment(id: string, by: Readonly<Record<string, number>>): void;
  /** Sets fields of every document that matches, by fields that an index names: how the views forget a person. */
  patch(where: Readonly<Record<string, Scalar>>, set: Partial<Doc>): void;
};

export type Collections<Documents> = { readonly [Name in keyof Documents]: Collection<Documents[Name]> };

export type Projector<Event extends DomainEvent, Documents extends Readonly<Record<string, Document>>> = Paced & {
  readonly kind: 'projector';
  readonly name: string;
  readonly version: number;
  readonly handles: readonly Event['type'][];
  readonly indexes: { readonly [Name in keyof Documents]: readonly CollectionIndex[] };
  readonly project: (event: Recorded<Event>, views: Collections<Documents>) => void;
};

/**
 * Causes something outside the log: a job, a hint, a push. Each effect is idempotent by event id or fenced by an append, so
 * running an event twice is harmless. `after` names the projectors whose views it reads; it waits until they have passed the event.
 */
export type Reactor<Event extends DomainEvent, ProjectorName extends string = string> = Paced & {
  readonly kind: 'reactor';
  readonly name: string;
  readonly version: number;
  readonly handles: readonly Event['type'][];
  readonly after: readonly ProjectorName[];
  /** Where a reactor that is new to this log starts; at the log's start where absent. */
  readonly startFrom?: 'start' | 'now';
  /**
   * The collections of open work: documents written before the effects and kept until the work is done, so that a sweeper finds
   * what was interrupted. Where several events share a document, the work is done for all of them once it is done for the newest.
   */
  readonly indexes?: { readonly [collection: string]: readonly CollectionIndex[] };
  readonly openWork?: (event: Recorded<Event>, views: Collections<Readonly<Record<string, Document>>>) => void;
  /** Which of these documents are done, in their order; where it is absent, a document is removed once its work is done. */
  readonly isDone?: (open: readonly Document[]) => Promise<readonly boolean[]>;
  readonly react: (event: Recorded<Event>) => Promise<void>;
};

/** Turns events into commands, on the same terms: a command has the event's id in its own, so that asking twice is asking once. */
export type Process<Event extends DomainEvent, ProjectorName extends string = string> = Paced & {
  readonly kind: 'process';
  readonly name: string;
  readonly version: number;
  readonly handles: readonly Event['type'][];
  readonly after: readonly ProjectorName[];
  readonly startFrom?: 'start' | 'now';
  readonly react: (event: Recorded<Event>) => Promise<void>;
};

// A list of projections of different events and documents: the runner needs only what they have in common.
type Any<Projection> = Omit<Projection, 'handles'> & { readonly handles: readonly string[] };
export type AnyProjector = Omit<Any<Projector<never, never>>, 'indexes'> & { readonly indexes: Readonly<Record<string, readonly CollectionIndex[]>> };
export type AnyReactorOrProcess = Any<Reactor<never>> | Any<Process<never>>;
export type AnyProjection = AnyProjector | AnyReactorOrProcess;

/** The collections of these projectors, and what each keeps: `{ profiles: Profile, … }`. */
export type DocumentsOf<Projectors extends AnyProjector> = {
  readonly [Name in KeyOf<CollectionsOf<Projectors>>]: CollectionsOf<Projectors> extends infer Written
    ? Written extends { readonly [Key in Name]: Collection<infer Doc extends Document> }
      ? Doc
      : never
    : never;
};

type CollectionsOf<Projectors extends AnyProjector> = Projectors extends { readonly project: (event: never, views: infer Written) => void } ? Written : never;
type KeyOf<Union> = Union extends unknown ? keyof Union : never;

/** What every event carries beside its own data, and what stands in for personal data once its key is destroyed. */
import type { Instant } from './instant.ts';

/** Stands in for a personal field whose key was destroyed with the person's account. Every decider, projector and page must handle it. */
export type Erased = { readonly erased: true };
export const erased: Erased = Object.freeze({ erased: true });

export type Personal<Value> = Value | Erased;

export const isErased = (value: unknown): value is Erased => typeof value === 'object' && value !== null && 'erased' in value && value.erased === true;

/** The value of a personal field, or `instead` where it was erased. */
export const orErased = <Value>(value: Personal<Value>, instead: Value): Value => (isErased(value) ? instead : value);

export type Metadata = {
  readonly $correlationId: string;
  readonly $causationId?: string;
  /** The caller: a person's id, `app:<id>`, `operator:<id>`, `admin-token`, `local`, or `system:<part>`. */
  readonly actor: string;
  readonly at: Instant;
  readonly app?: string;
  /** The id of the command that made this event, and a keyed hash of its request: a repeated command is recognised by them. */
  readonly command: string;
  readonly request: string;
  /** The revisions of other streams that were read beside the decision (`readRevisions` in code). */
  readonly relied?: Readonly<Record<string, number>>;
  /** The keys under which personal fields are sealed, by subject. */
  readonly keys?: Readonly<Record<string, string>>;
};

export type DomainEvent = { readonly type: string; readonly data: object };

/** An event as it comes from the log: decoded, unsealed and upcast. */
export type Recorded<Event extends DomainEvent = DomainEvent> = Event & {
  readonly id: string;
  readonly stream: string; // channel-7
  readonly key: string; // 7
  readonly revision: number;
  readonly position: string; // opaque
  readonly metadata: Metadata;
};

/**
 * The personal fields of an event, and for each the subject whose key seals it: the name of the field that holds the subject, or
 * `$key` for the part of the stream's name after its category.
 */
export type Sealing = Readonly<Record<string, string>>;

/** The names of an event's personal fields: those whose type admits `Erased`. A field of type `unknown` tells nothing of itself. */
type PersonalFields<Data> = {
  [Field in keyof Data]-?: unknown extends Data[Field] ? never : Erased extends NonNullable<Data[Field]> ? Field : never;
}[keyof Data] &
  string;

/**
 * Of an event that may disappear: for each personal field the field that holds the moment from which on nobody reads it. Where an event
 * lacks that moment the field stays.
 */
export type EndingOf<Event extends DomainEvent> = Readonly<Record<PersonalFields<Event['data']>, keyof Event['data'] & string>>;

/** One entry for each event type and each of its personal fields, so that a new one can't be written in plain text by forgetting it here. */
export type SealingOf<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: Readonly<Record<PersonalFields<Extract<Event, { readonly type: Type }>['data']>, string>>;
};

/** What every event carries beside its own data, and how personal data appears once its key is gone. */
import type { Instant } from './instant.ts';

/** A personal field whose key was destroyed with the person. Every decider, projector and page must be able to meet it. */
export type Erased = { readonly erased: true };
export const erased: Erased = Object.freeze({ erased: true });

export type Personal<Value> = Value | Erased;

export const isErased = (value: unknown): value is Erased => typeof value === 'object' && value !== null && 'erased' in value && value.erased === true;

/** What a person may be shown of a personal field. */
export const orErased = <Value>(value: Personal<Value>, instead: Value): Value => (isErased(value) ? instead : value);

export type Metadata = {
  readonly $correlationId: string;
  readonly $causationId?: string;
  /** Who asked: a person's id, `app:<id>`, or `system:<part>`. */
  readonly actor: string;
  readonly at: Instant;
  readonly app?: string;
  /** The command that made this event, and a keyed hash of what it asked, so that asking again is answered and not done again. */
  readonly command: string;
  readonly request: string;
  /** Revisions of other streams that the decision relied on. */
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
 * Which fields of an event are personal, and whose key seals each: the name of the field that holds the subject, or `$key` for
 * the part of the stream's name after its category.
 */
export type Sealing = Readonly<Record<string, string>>;

/** One entry an event type, so that a new event can't forget to say what in it is personal. */
export type SealingOf<Event extends DomainEvent> = { readonly [Type in Event['type']]: Sealing };

/** The shape of every aggregate. A refusal is an answer and not an error: a code from the catalogue, and the facts that its sentence needs. */
import type { DomainEvent } from './event.ts';
import type { RefusalCode } from './refusals.ts';

export type Facts = Readonly<Record<string, string | number>>;
export type Refusal = { readonly code: RefusalCode; readonly facts?: Facts };

export type Decision<Event> = { readonly outcome: 'accepted'; readonly events: readonly Event[] } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** All members are pure: time, ids, actor and the state of other streams arrive inside the command. */
export type Decider<State, Command, Event extends DomainEvent> = {
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, command: Command) => Decision<Event>;
  /** `tail`: the last event alone gives the state, so that a stream that grows for ever is never read whole. `whole` where it is absent. */
  readonly reads?: 'whole' | 'tail';
  /** Present where the stream may grow past 1,000 events: its state is kept as a snapshot. Raise it whenever the state's shape changes. */
  readonly snapshotVersion?: number;
};

/** Any aggregate, its types left behind: for what is the same for all of them. */
export type AnyDecider = Decider<unknown, unknown, DomainEvent>;

export const accept = <Event>(...events: readonly Event[]): Decision<Event> => ({ outcome: 'accepted', events });

export const refuse = (code: RefusalCode, facts?: Facts): Decision<never> => ({
  outcome: 'refused',
  refusal: facts === undefined ? { code } : { code, facts },
});

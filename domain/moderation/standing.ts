/** Whether a person may write: nearly everybody may, and has no stream. Who is suspended reads as before, and takes back what is theirs. */
import type { ActingAs } from '../operators/roles.ts';
import { refusalIfAbsent, type UserState } from '../people/user.ts';
import { accept, refuse, type Decider, type Decision, type Refusal } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { StandingEvent } from './events.ts';
import { refusalOfStatement } from './texts.ts';
import type { Violation } from './violations.ts';

/** `until` is null where it lasts until it is lifted. */
export type StandingState =
  { readonly status: 'clear' } | { readonly status: 'suspended'; readonly until: Instant | null; readonly violation: Violation; readonly at: Instant };

export type StandingCommand =
  | {
      readonly type: 'suspend';
      readonly person: PersonId;
      readonly user: UserState;
      readonly by: ActingAs;
      readonly violation: Violation;
      readonly statement?: string;
      readonly until?: Instant;
      readonly at: Instant;
    }
  | { readonly type: 'lift'; readonly person: PersonId; readonly by: ActingAs; readonly at: Instant };

export const standing: Decider<StandingState, StandingCommand, StandingEvent> = {
  reads: 'tail',
  initialState: { status: 'clear' },

  evolve: (_, event) => {
    switch (event.type) {
      case 'moderation.person-suspended.v1': {
        const { until = null, violation, at } = event.data;
        return { status: 'suspended', until, violation, at };
      }
      case 'moderation.suspension-lifted.v1':
        return { status: 'clear' };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'suspend':
        return suspend(state, command);
      case 'lift':
        return isSuspended(state, command.at)
          ? accept({ type: 'moderation.suspension-lifted.v1', data: { person: command.person, by: command.by, at: command.at } })
          : accept();
    }
  },
};

export type Suspension = Extract<StandingState, { status: 'suspended' }>;

export const isSuspended = (state: StandingState, at: Instant): state is Suspension =>
  state.status === 'suspended' && (state.until === null || state.until > at);

/** Why the person may not write at this time; undefined where they may. */
export function refusalIfSuspended(state: StandingState, at: Instant): Refusal | undefined {
  if (!isSuspended(state, at)) return undefined;
  return state.until === null ? { code: 'suspended-for-good' } : { code: 'suspended', facts: { until: state.until } };
}

function suspend(state: StandingState, command: Extract<StandingCommand, { type: 'suspend' }>): Decision<StandingEvent> {
  const { type: _, user, ...data } = command;
  const { at, until, statement, violation } = data;
  const fault = refusalIfAbsent(user) ?? refusalOfStatement(statement) ?? (until !== undefined && until <= at ? refuse('suspension-over') : undefined);
  if (fault !== undefined) return fault;
  const isSame = isSuspended(state, at) && state.until === (until ?? null) && state.violation === violation;
  return isSame ? accept() : accept({ type: 'moderation.person-suspended.v1', data });
}

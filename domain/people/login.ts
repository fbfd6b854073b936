/** The person who may log in by a name. The stream is named by the name's HMAC, so claiming a name that is taken meets a stream that exists. */
import { accept, refuse, type Decider } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { MINUTE_MS, msBetween, type Instant } from '../shared/instant.ts';
import type { LoginEvent } from './events.ts';

/** A claim whose person has not registered after so long is abandoned, and the sweeper frees it. */
export const CLAIM_ABANDONED_MS = 10 * MINUTE_MS;
/** Claiming again renews a claim that is older than this, so that the sweeper can't free it under a registration on its way. */
export const CLAIM_RENEWED_AFTER_MS = MINUTE_MS;

export type LoginState = { readonly status: 'free' } | { readonly status: 'claimed'; readonly person: PersonId; readonly at: Instant };

export type LoginCommand =
  | { readonly type: 'claim'; readonly person: PersonId; readonly at: Instant }
  /** The person was erased. Frees nothing that somebody else has claimed since. */
  | { readonly type: 'free'; readonly person: PersonId }
  /** Given by the sweeper: the person of the claim never registered. */
  | { readonly type: 'free-abandoned'; readonly person: PersonId; readonly at: Instant };

export const login: Decider<LoginState, LoginCommand, LoginEvent> = {
  reads: 'tail',
  initialState: { status: 'free' },

  evolve: (_, event) => {
    switch (event.type) {
      case 'people.login-claimed.v1':
        return { status: 'claimed', person: event.data.person, at: event.data.at };
      case 'people.login-freed.v1':
        return { status: 'free' };
    }
  },

  decide: (state, command) => {
    const { person } = command;
    const freed: LoginEvent = { type: 'people.login-freed.v1', data: { person } };
    switch (command.type) {
      case 'claim':
        if (state.status === 'claimed' && state.person !== person) return refuse('login-taken');
        if (state.status === 'claimed' && msBetween(state.at, command.at) < CLAIM_RENEWED_AFTER_MS) return accept();
        return accept({ type: 'people.login-claimed.v1', data: { person, at: command.at } });
      case 'free':
        return isClaimedBy(state, person) ? accept(freed) : accept();
      case 'free-abandoned': {
        const isAbandoned = isClaimedBy(state, person) && msBetween(state.at, command.at) >= CLAIM_ABANDONED_MS;
        return isAbandoned ? accept(freed) : accept();
      }
    }
  },
};

export const isClaimedBy = (state: LoginState, person: PersonId): state is Extract<LoginState, { status: 'claimed' }> =>
  state.status === 'claimed' && state.person === person;

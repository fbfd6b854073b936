/** Who may log in by a name. The stream is named by the name's HMAC, so claiming a name that is taken meets a stream that exists. */
import { accept, refuse, type Decider } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { MINUTE_MS, type Instant } from '../shared/instant.ts';
import type { LoginEvent } from './events.ts';

/** A claim whose person has not registered after so long is abandoned; the sweeper frees it. */
export const CLAIM_ABANDONED_MS = 10 * MINUTE_MS;

export type LoginState = { readonly status: 'free' } | { readonly status: 'claimed'; readonly person: PersonId; readonly at: Instant };

export type LoginCommand =
  | { readonly type: 'claim'; readonly person: PersonId; readonly at: Instant }
  /** Of an abandoned claim, or of a person who was erased. Frees nothing that somebody else has claimed since. */
  | { readonly type: 'free'; readonly person: PersonId };

export const login: Decider<LoginState, LoginCommand, LoginEvent> = {
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
    const claimed = isClaimedBy(state, person);
    switch (command.type) {
      case 'claim':
        if (claimed) return accept();
        if (state.status === 'claimed') return refuse('login-taken');
        return accept({ type: 'people.login-claimed.v1', data: { person, at: command.at } });
      case 'free':
        return claimed ? accept({ type: 'people.login-freed.v1', data: { person } }) : accept();
    }
  },
};

export const isClaimedBy = (state: LoginState, person: PersonId): boolean => state.status === 'claimed' && state.person === person;

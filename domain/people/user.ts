/** One person's profile, from registering to being erased. What is in it is never part of the state: no decision needs it. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { isBlank } from '../shared/blank-text.ts';
import { refusalOfText } from '../shared/text.ts';
import { isTimeZone } from '../shared/time-zone.ts';
import type { UserEvent } from './events.ts';
import { isClaimedBy, type LoginState } from './login.ts';

export const NAME_LENGTH_MAX_CHARACTERS = 100;
export const ABOUT_LENGTH_MAX_CHARACTERS = 1_000;

/** `login` is the HMAC of the login name, needed again when the person is erased. */
export type UserState =
  { readonly status: 'none' } | { readonly status: 'registered'; readonly login: string } | { readonly status: 'erased'; readonly login: string };

export type UserCommand =
  | {
      readonly type: 'register';
      readonly person: PersonId;
      readonly name: string;
      readonly login: string;
      /** The state of the login name: it must have been claimed for this person, and not freed since. */
      readonly claim: LoginState;
    }
  | { readonly type: 'change-profile'; readonly name?: string; readonly about?: string; readonly timeZone?: string }
  | { readonly type: 'erase' };

export const user: Decider<UserState, UserCommand, UserEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'people.registered.v1':
        return { status: 'registered', login: event.data.login };
      case 'people.profile-changed.v1':
        return state;
      case 'people.person-erased.v1':
        return { status: 'erased', login: event.data.login };
    }
  },

  decide: (state, command) => {
    if (command.type === 'register') return register(state, command);
    if (state.status === 'none') return refuse('person-unknown');
    switch (command.type) {
      case 'change-profile':
        return state.status === 'erased' ? refuse('person-erased') : changeProfile(command);
      case 'erase':
        return state.status === 'erased' ? accept() : accept({ type: 'people.person-erased.v1', data: { login: state.login } });
    }
  },
};

/** Why nothing can be done with this person, or nothing where they exist. */
export function refusalIfAbsent(state: UserState): Decision<never> | undefined {
  switch (state.status) {
    case 'none':
      return refuse('person-unknown');
    case 'erased':
      return refuse('person-erased');
    case 'registered':
      return undefined;
  }
}

function register(state: UserState, { person, name, login, claim }: Extract<UserCommand, { type: 'register' }>): Decision<UserEvent> {
  if (state.status === 'erased') return refuse('person-erased');
  if (state.status === 'registered') return accept();
  if (!isClaimedBy(claim, person)) return refuse('login-taken');
  return refusalOfName(name) ?? accept({ type: 'people.registered.v1', data: { name, login } });
}

function changeProfile({ name, about, timeZone }: Extract<UserCommand, { type: 'change-profile' }>): Decision<UserEvent> {
  if (name === undefined && about === undefined && timeZone === undefined) return accept();
  if (timeZone !== undefined && !isTimeZone(timeZone)) return refuse('time-zone-unknown', { zone: timeZone });
  const fault = (name === undefined ? undefined : refusalOfName(name)) ?? (about === undefined ? undefined : refusalOfAbout(about));
  if (fault !== undefined) return fault;
  const data = {
    ...(name !== undefined && { name }),
    ...(about !== undefined && { about: isBlank(about) ? '' : about }),
    ...(timeZone !== undefined && { timeZone }),
  };
  return accept({ type: 'people.profile-changed.v1', data });
}

const refusalOfName = (name: string) =>
  refusalOfText(name, { maxCharacters: NAME_LENGTH_MAX_CHARACTERS, blank: 'name-empty', tooLong: 'name-too-long', lines: 'one' });

/** A blank text removes the old one. */
const refusalOfAbout = (about: string) => refusalOfText(about, { maxCharacters: ABOUT_LENGTH_MAX_CHARACTERS, tooLong: 'about-too-long', lines: 'many' });

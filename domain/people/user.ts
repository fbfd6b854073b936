/**
 * One person's profile, from registering to being erased. Of what is in it, the state has their market and their time zone, for in which
 * language, by which vendor and at what time a person is told depends on them; and whether others find the person.
 */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import { attached, refusalOfAttachments, type AttachmentTarget } from '../media/attachments.ts';
import type { ActingAs } from '../operators/roles.ts';
import type { PersonId } from '../shared/ids.ts';
import { isBlank } from '../shared/text/blank-text.ts';
import { countryOf } from '../shared/country.ts';
import { isErased } from '../shared/event.ts';
import { languageOf } from '../shared/language.ts';
import { refusalOfText } from '../shared/text/text.ts';
import { isTimeZone } from '../shared/time-zone.ts';
import type { UserEvent } from './events.ts';
import { isClaimedBy, type LoginState } from './login.ts';

export const NAME_LENGTH_MAX_CHARACTERS = 100;
export const ABOUT_LENGTH_MAX_CHARACTERS = 1_000;

/** What a person said of themselves, and nothing else: a BCP 47 language and an ISO 3166-1 country. */
export type Market = { readonly language?: string; readonly country?: string };

/** What a delivery to the person depends on: their market, and their IANA zone. */
type DeliveryFacts = Market & { readonly timeZone?: string };

/** `login` is the HMAC of the login name, needed again when the person is erased. */
export type UserState =
  | { readonly status: 'none' }
  | (DeliveryFacts & { readonly status: 'registered'; readonly login: string; /** Absent: they are found. */ readonly findable?: false })
  | { readonly status: 'erased'; readonly login: string };

type ProfileChanged = Extract<UserEvent, { type: 'people.profile-changed.v1' }>['data'];
export type ProfileChanges = DeliveryFacts & { readonly name?: string; readonly about?: string; readonly findable?: boolean };

/** What of a profile is taken away, and by whom. */
export type ProfileClearing = { readonly parts: readonly ProfilePart[]; readonly by: ActingAs };
export const PROFILE_PARTS = ['name', 'about', 'picture'] as const;
export type ProfilePart = (typeof PROFILE_PARTS)[number];

/** What others see in place of a name that was taken away, until the person chooses another. */
export const NO_NAME = '—';

/** Media that the person refers to. */
export type ChosenPicture = { readonly person: PersonId; readonly target: AttachmentTarget };

export type UserCommand =
  | {
      readonly type: 'register';
      readonly person: PersonId;
      readonly name: string;
      readonly login: string;
      /** The state of the login name: it must have been claimed for this person, and not freed since. */
      readonly claim: LoginState;
    }
  | ({ readonly type: 'change-profile'; readonly picture?: ChosenPicture | null } & ProfileChanges)
  /** Of a moderator. */
  | ({ readonly type: 'clear' } & ProfileClearing)
  | { readonly type: 'erase' };

export const user: Decider<UserState, UserCommand, UserEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'people.registered.v1':
        return { status: 'registered', login: event.data.login };
      case 'people.profile-changed.v1':
        return state.status === 'registered' ? withChanges(state, event.data) : state;
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
      case 'clear':
        return state.status === 'erased' ? refuse('person-erased') : clear(command);
      case 'erase':
        return state.status === 'erased' ? accept() : accept({ type: 'people.person-erased.v1', data: { login: state.login } });
    }
  },
};

/** Where they live, as far as they said. */
export const countryOfUser = (state: UserState): string | undefined => (state.status === 'registered' ? state.country : undefined);

/** Whether others find the person by name or login name. */
export const isFindable = (state: UserState): boolean => state.status === 'registered' && state.findable !== false;

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

type ChangeProfile = Extract<UserCommand, { type: 'change-profile' }>;

function changeProfile({ name, about, picture, timeZone, language, country, findable }: ChangeProfile): Decision<UserEvent> {
  const spelt = { language: language && languageOf(language), country: country && countryOf(country) };
  if (timeZone !== undefined && !isTimeZone(timeZone)) return refuse('time-zone-unknown', { zone: timeZone });
  if (language !== undefined && !spelt.language) return refuse('language-unknown', { language });
  if (country !== undefined && !spelt.country) return refuse('country-unknown', { country });
  const fault =
    (name === undefined ? undefined : refusalOfName(name)) ?? (about === undefined ? undefined : refusalOfAbout(about)) ?? refusalOfPicture(picture);
  if (fault !== undefined) return fault;
  const data = {
    ...(name !== undefined && { name }),
    ...(about !== undefined && { about: isBlank(about) ? '' : about }),
    ...(picture !== undefined && { picture: picture === null ? null : (attached([picture.target])[0] ?? null) }),
    ...(timeZone !== undefined && { timeZone }),
    ...(spelt.language && { language: spelt.language }),
    ...(spelt.country && { country: spelt.country }),
    ...(findable !== undefined && { findable }),
  };
  return Object.keys(data).length === 0 ? accept() : accept({ type: 'people.profile-changed.v1', data });
}

function clear({ parts, by: clearedBy }: ProfileClearing): Decision<UserEvent> {
  if (parts.length === 0) return accept();
  const data = {
    ...(parts.includes('name') && { name: NO_NAME }),
    ...(parts.includes('about') && { about: '' }),
    ...(parts.includes('picture') && { picture: null }),
    clearedBy,
  };
  return accept({ type: 'people.profile-changed.v1', data });
}

function withChanges(before: Extract<UserState, { status: 'registered' }>, { language, country, timeZone, findable }: ProfileChanged): UserState {
  const { findable: wasFindable, ...state } = before;
  return {
    ...state,
    ...((findable ?? wasFindable) === false ? { findable: false } : {}),
    ...(language === undefined || isErased(language) ? {} : { language }),
    ...(country === undefined || isErased(country) ? {} : { country }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

const refusalOfName = (name: string) =>
  refusalOfText(name, { maxCharacters: NAME_LENGTH_MAX_CHARACTERS, blank: 'name-empty', tooLong: 'name-too-long', lines: 'one' });

function refusalOfPicture(picture: ChosenPicture | null | undefined): Decision<never> | undefined {
  if (picture === undefined || picture === null) return undefined;
  const fault = refusalOfAttachments([picture.target], picture.person);
  if (fault !== undefined) return fault;
  const { facts } = picture.target;
  return facts !== undefined && !isErased(facts) && facts.kind === 'video' ? refuse('picture-is-video') : undefined;
}

/** A blank text removes the old one. */
const refusalOfAbout = (about: string) => refusalOfText(about, { maxCharacters: ABOUT_LENGTH_MAX_CHARACTERS, tooLong: 'about-too-long', lines: 'many' });

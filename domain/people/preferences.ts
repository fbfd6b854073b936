/** The notifications a person wants, by app, category and channel, and their quiet hours; the apps that may notify them at all; and what others learn of them. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { AppId } from '../shared/ids.ts';
import { emptyMap, has, valueOf, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import { isTimeZone } from '../shared/time-zone.ts';
import { aboutOf, choiceKey, type ChosenAbout } from './preferences/chosen-about.ts';
import { clearDigest, setDigest, type DigestChoices } from './preferences/digest-choices.ts';
import type { DigestRule } from './preferences/digest-rule.ts';
import type { PreferencesEvent } from './events.ts';
import { DEFAULT_PRIVACY, type Privacy } from './preferences/privacy.ts';

export const CHOICES_MAX = 1_000;
export const ENROLMENTS_MAX = 1_000;

/** Wall-clock times in the zone: `from` inclusive, `until` exclusive, across midnight where `until` is earlier. */
export type QuietHours = { readonly zone: string; readonly from: string; readonly until: string };
export type Choice = 'in' | 'out';

export type PreferencesState = {
  readonly choices: PersistentMap<string, Choice>;
  readonly quietHours?: QuietHours;
  readonly apps: PersistentMap<AppId, 'enrolled'>;
  readonly digests: DigestChoices;
  /** Absent: they have chosen nothing. */
  readonly privacy?: Privacy;
};

export type PreferenceChange =
  /** `mandatory`: nobody opts out of the category. */
  | (ChosenAbout & { readonly type: 'opt-out'; readonly mandatory?: boolean })
  | (ChosenAbout & { readonly type: 'opt-in' })
  | (ChosenAbout & { readonly type: 'clear-choice' })
  | { readonly type: 'set-quiet-hours'; readonly zone: string; readonly from: string; readonly until: string }
  | { readonly type: 'clear-quiet-hours' }
  | (ChosenAbout & { readonly type: 'set-digest'; readonly rule: DigestRule })
  | (ChosenAbout & { readonly type: 'clear-digest' })
  | { readonly type: 'enrol'; readonly app: AppId }
  | { readonly type: 'withdraw'; readonly app: AppId }
  | { readonly type: 'change-privacy'; readonly privacy: Partial<Privacy> };

export type PreferencesCommand =
  | PreferenceChange
  /** All of the changes, in order, or none: one command, even if some of them are in place already. */
  | { readonly type: 'set'; readonly changes: readonly PreferenceChange[] };

type Command<Type extends PreferencesCommand['type']> = Extract<PreferencesCommand, { type: Type }>;

export const preferences: Decider<PreferencesState, PreferencesCommand, PreferencesEvent> = {
  initialState: { choices: emptyMap(), apps: emptyMap(), digests: emptyMap() },

  evolve: (state, event) => {
    switch (event.type) {
      case 'people.opted-out.v1':
        return { ...state, choices: withEntry(state.choices, choiceKey(event.data), 'out') };
      case 'people.opted-in.v1':
        return { ...state, choices: withEntry(state.choices, choiceKey(event.data), 'in') };
      case 'people.choice-cleared.v1':
        return { ...state, choices: without(state.choices, choiceKey(event.data)) };
      case 'people.quiet-hours-set.v1':
        return { ...state, quietHours: event.data };
      case 'people.quiet-hours-cleared.v1': {
        const { quietHours: _, ...rest } = state;
        return rest;
      }
      case 'people.digest-set.v1':
        return { ...state, digests: withEntry(state.digests, choiceKey(event.data), event.data.rule) };
      case 'people.digest-cleared.v1':
        return { ...state, digests: without(state.digests, choiceKey(event.data)) };
      case 'people.enrolled.v1':
        return { ...state, apps: withEntry(state.apps, event.data.app, 'enrolled') };
      case 'people.withdrawn.v1':
        return { ...state, apps: without(state.apps, event.data.app) };
      case 'people.privacy-changed.v1':
        return { ...state, privacy: { ...privacyIn(state), ...event.data } };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'opt-out':
      case 'opt-in':
        return choose(state, command);
      case 'clear-choice':
        return clearChoice(state, command);
      case 'set-quiet-hours':
        return setQuietHours(state, command);
      case 'clear-quiet-hours':
        return state.quietHours === undefined ? accept() : accept({ type: 'people.quiet-hours-cleared.v1', data: {} });
      case 'set-digest':
        return setDigest(state.digests, command);
      case 'clear-digest':
        return clearDigest(state.digests, command);
      case 'set':
        return setAll(state, command);
      case 'enrol':
        return enrol(state, command);
      case 'withdraw':
        return isEnrolled(state, command.app) ? accept({ type: 'people.withdrawn.v1', data: { app: command.app } }) : accept();
      case 'change-privacy':
        return changePrivacy(state, command);
    }
  },
};

/** The choice for exactly this app, category, however it is spelled, and channel. */
export const choiceOf = (state: PreferencesState, about: ChosenAbout): Choice | undefined => valueOf(state.choices, choiceKey(about));

export const privacyIn = ({ privacy }: Pick<PreferencesState, 'privacy'>): Privacy => privacy ?? DEFAULT_PRIVACY;

export const isEnrolled = (state: PreferencesState, app: AppId): boolean => has(state.apps, app);

function choose(state: PreferencesState, { type, ...command }: Command<'opt-out' | 'opt-in'>): Decision<PreferencesEvent> {
  const about = aboutOf(command);
  if (type === 'opt-out' && 'mandatory' in command && command.mandatory === true) return refuse('category-mandatory', { category: about.category });
  const before = choiceOf(state, about);
  if (before === (type === 'opt-in' ? 'in' : 'out')) return accept();
  if (before === undefined && state.choices.size >= CHOICES_MAX) return refuse('preferences-full', { max: CHOICES_MAX });
  return accept({ type: type === 'opt-in' ? 'people.opted-in.v1' : 'people.opted-out.v1', data: about });
}

function clearChoice(state: PreferencesState, command: Command<'clear-choice'>): Decision<PreferencesEvent> {
  const about = aboutOf(command);
  return choiceOf(state, about) === undefined ? accept() : accept({ type: 'people.choice-cleared.v1', data: about });
}

function setQuietHours({ quietHours }: PreferencesState, { zone, from, until }: Command<'set-quiet-hours'>): Decision<PreferencesEvent> {
  if (!isTimeZone(zone)) return refuse('time-zone-unknown', { zone });
  // Equal times would mean never or always: never is said by clearing them, and always would hold everything back for ever.
  if (!isTimeOfDay(from) || !isTimeOfDay(until) || from === until) return refuse('quiet-hours-invalid');
  if (quietHours?.zone === zone && quietHours.from === from && quietHours.until === until) return accept();
  return accept({ type: 'people.quiet-hours-set.v1', data: { zone, from, until } });
}

function setAll(state: PreferencesState, { changes }: Command<'set'>): Decision<PreferencesEvent> {
  const events: PreferencesEvent[] = [];
  let after = state;
  for (const change of changes) {
    const decision = preferences.decide(after, change);
    if (decision.outcome === 'refused') return decision;
    events.push(...decision.events);
    after = decision.events.reduce(preferences.evolve, after);
  }
  return accept(...events);
}

function enrol(state: PreferencesState, { app }: Command<'enrol'>): Decision<PreferencesEvent> {
  if (isEnrolled(state, app)) return accept();
  if (state.apps.size >= ENROLMENTS_MAX) return refuse('preferences-full', { max: ENROLMENTS_MAX });
  return accept({ type: 'people.enrolled.v1', data: { app } });
}

/** Only what changes. */
function changePrivacy(state: PreferencesState, { privacy }: Command<'change-privacy'>): Decision<PreferencesEvent> {
  const before = privacyIn(state);
  const { readReceipts = before.readReceipts, presence = before.presence, invisible = before.invisible } = privacy;
  const data = {
    ...(readReceipts !== before.readReceipts && { readReceipts }),
    ...(presence !== before.presence && { presence }),
    ...(invisible !== before.invisible && { invisible }),
  };
  return Object.keys(data).length === 0 ? accept() : accept({ type: 'people.privacy-changed.v1', data });
}

const isTimeOfDay = (time: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time);

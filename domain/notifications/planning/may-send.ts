/**
 * Whether a delivery may be sent now: asked when it is planned and again just before it is sent. The first rule that has an answer
 * decides. Quiet hours and caps defer instead of suppressing, for a sleeping person still wants to know.
 */
import type { ContactsState } from '../../people/contacts.ts';
import { blockOf } from '../../people/contacts.ts';
import { choiceOf, isEnrolled, type PreferencesState } from '../../people/preferences.ts';
import { isSent } from '../../people/notification-channels.ts';
import type { UserState } from '../../people/user.ts';
import type { Instant } from '../../shared/instant.ts';
import type { AppState } from '../apps/app.ts';
import type { Frequency } from '../categories/caps.ts';
import { closestChoice, isWanted, type CategoryRules } from '../categories/wanted.ts';
import type { SendDecision } from '../delivery/delivery-commands.ts';
import type { SuppressionReason } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';
import { quietUntil } from './quiet-hours.ts';
import { currentDestination, isUnconfirmed } from './destinations.ts';

/** The part of a delivery's plan that the rules look at. */
export type SendCandidate = Pick<Plan, 'channel' | 'endpoint' | 'device' | 'source' | 'category' | 'critical' | 'expiresAt'>;

/** The state of the recipient, and of the app where one asks, at this moment. */
export type SendFacts = {
  readonly user: UserState;
  readonly contacts: ContactsState;
  readonly preferences: PreferencesState;
  /** Absent where one of our own products asks. */
  readonly app?: AppState;
  /** The notification's, where it was declared. */
  readonly category?: CategoryRules;
  /** Where a cap is reached. */
  readonly frequency?: Frequency;
  readonly at: Instant;
};

/** A decision without a vendor, whose choice is the worker's. */
export type SendPermission = { readonly action: 'send' } | Exclude<SendDecision, { readonly action: 'send' | 'show' }>;

export function maySend(candidate: SendCandidate, facts: SendFacts): SendPermission {
  const block = hardBlock(candidate, facts);
  if (block !== undefined) return { action: 'suppress', reason: block };
  return mustBeTold(candidate, facts) ? { action: 'send' } : byChoice(candidate, facts);
}

/** The same of a person, whatever they are reached at: for one who has no destination on the channel. */
export function mayTell(candidate: Omit<SendCandidate, 'endpoint' | 'device'>, facts: SendFacts): SendPermission {
  if (facts.user.status === 'erased') return { action: 'suppress', reason: 'person-erased' };
  return mustBeTold(candidate, facts) ? { action: 'send' } : byChoice(candidate, facts);
}

/** Neither choices nor caps nor quiet hours hold it back. */
export const mustBeTold = ({ critical }: Pick<Plan, 'critical'>, { category }: { readonly category?: CategoryRules | undefined }): boolean =>
  critical || category?.mandatory === true;

type ChosenCandidate = Pick<SendCandidate, 'source' | 'category' | 'channel' | 'expiresAt'>;

function byChoice(candidate: ChosenCandidate, facts: SendFacts): SendPermission {
  if (!isWantedBy(facts, candidate)) return { action: 'suppress', reason: 'opted-out' };
  if (!isSent(candidate.channel)) return { action: 'send' }; // what stands in the centre wakes nobody
  return afterCap(candidate, facts) ?? afterQuietHours(facts) ?? { action: 'send' };
}

/** Holds for critical notifications too. */
function hardBlock(candidate: SendCandidate, { user, contacts, preferences, app }: SendFacts): SuppressionReason | undefined {
  const { endpoint, source } = candidate;
  if (user.status === 'erased') return 'person-erased';
  if (source.kind === 'app') {
    if (app?.status !== 'active') return 'app-disabled';
    if (!isEnrolled(preferences, source.app)) return 'not-enrolled';
  }
  const destination = currentDestination(contacts, candidate);
  const reached = destination?.endpoint ?? endpoint;
  if (reached === null) return isUnconfirmed(contacts, candidate.channel) ? 'unconfirmed' : 'no-endpoint';
  const block = blockOf(contacts, reached);
  if (block !== undefined) return `blocked-${block}`;
  return destination === undefined ? 'endpoint-removed' : undefined;
}

const isWantedBy = ({ preferences, category: rules }: SendFacts, candidate: ChosenCandidate): boolean =>
  isWanted((about) => choiceOf(preferences, about), rules, aboutOf(candidate));

/** Whether the person has chosen to get these on the channel, whatever holds for who has chosen nothing. */
export const asksFor = ({ preferences }: Pick<SendFacts, 'preferences'>, candidate: Omit<ChosenCandidate, 'expiresAt'>): boolean =>
  closestChoice((about) => choiceOf(preferences, about), aboutOf(candidate)) === 'in';

const aboutOf = ({ source, category, channel }: Omit<ChosenCandidate, 'expiresAt'>) => ({
  ...(source.kind === 'app' && { app: source.app }),
  category,
  channel,
});

/** Deferred until there is room again; suppressed only where that is too late. */
function afterCap({ expiresAt }: ChosenCandidate, { frequency }: SendFacts): SendPermission | undefined {
  if (frequency === undefined || frequency.sent < frequency.max) return undefined;
  const { resetsAt } = frequency;
  return resetsAt < expiresAt ? { action: 'defer', reason: 'frequency-cap', until: resetsAt } : { action: 'suppress', reason: 'frequency-cap' };
}

function afterQuietHours({ preferences: { quietHours }, at }: SendFacts): SendPermission | undefined {
  const until = quietHours === undefined ? undefined : quietUntil(quietHours, at);
  return until === undefined ? undefined : { action: 'defer', reason: 'quiet-hours', until };
}

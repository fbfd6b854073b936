/**
 * Whether a delivery may be sent now. Asked when it is planned and again just before it is sent; the first rule that has an answer
 * decides. Quiet hours and caps defer, for who sleeps still wants to know.
 */
import type { ContactsState } from '../../people/contacts.ts';
import { blockOf } from '../../people/contacts.ts';
import { choiceOf, isEnrolled, type Choice, type PreferencesState } from '../../people/preferences.ts';
import type { UserState } from '../../people/user.ts';
import type { Instant } from '../../shared/instant.ts';
import type { AppState } from '../app.ts';
import type { SendDecision } from '../delivery/delivery-commands.ts';
import type { Plan, SuppressionReason } from '../events.ts';
import { quietUntil } from './quiet-hours.ts';
import { currentDestination } from './destinations.ts';

export type Sending = Pick<Plan, 'channel' | 'endpoint' | 'device' | 'source' | 'category' | 'critical' | 'expiresAt'>;

/** How often this person heard of this kind of thing lately. */
export type Frequency = { readonly sent: number; readonly max: number; readonly resetsAt: Instant };

export type Known = {
  readonly user: UserState;
  readonly contacts: ContactsState;
  readonly preferences: PreferencesState;
  /** Of the app that asks; absent where one of our own products does. */
  readonly app?: AppState;
  /** What holds for a person who has chosen nothing: `in` where the app doesn't say. */
  readonly appDefault?: Choice;
  readonly frequency?: Frequency;
  readonly at: Instant;
};

export type MaySend = { readonly verdict: 'send' } | Exclude<SendDecision, { readonly verdict: 'send' }>;

export function maySend(sending: Sending, known: Known): MaySend {
  const block = hardBlock(sending, known);
  if (block !== undefined) return { verdict: 'suppress', reason: block };
  if (sending.critical) return { verdict: 'send' };
  const choice = firstChoice(sending, known.preferences) ?? known.appDefault ?? 'in';
  if (choice === 'out') return { verdict: 'suppress', reason: 'opted-out' };
  return overCap(sending, known) ?? inQuietHours(known) ?? { verdict: 'send' };
}

/** What nobody may pass over, whatever is to be said. */
function hardBlock(sending: Sending, { user, contacts, preferences, app }: Known): SuppressionReason | undefined {
  const { endpoint, source } = sending;
  if (user.status === 'erased') return 'person-erased';
  if (source.kind === 'app') {
    if (app?.status !== 'active') return 'app-disabled';
    if (!isEnrolled(preferences, source.app)) return 'not-enrolled';
  }
  if (endpoint === null) return 'no-endpoint';
  const way = currentDestination(contacts, sending);
  const block = blockOf(contacts, way?.endpoint ?? endpoint);
  if (block !== undefined) return `blocked-${block}`;
  return way === undefined ? 'endpoint-removed' : undefined;
}

/** The closest choice: for this category on this channel, for the category, for the channel, for everything. */
function firstChoice({ category, channel }: Sending, preferences: PreferencesState): Choice | undefined {
  return (
    choiceOf(preferences, { category, channel }) ??
    choiceOf(preferences, { category, channel: '*' }) ??
    choiceOf(preferences, { category: '*', channel }) ??
    choiceOf(preferences, { category: '*', channel: '*' })
  );
}

/** Held back until there is room again, dropped only where that comes too late. */
function overCap({ expiresAt }: Sending, { frequency }: Known): MaySend | undefined {
  if (frequency === undefined || frequency.sent < frequency.max) return undefined;
  const { resetsAt } = frequency;
  return resetsAt < expiresAt ? { verdict: 'defer', reason: 'frequency-cap', until: resetsAt } : { verdict: 'suppress', reason: 'frequency-cap' };
}

function inQuietHours({ preferences: { quietHours }, at }: Known): MaySend | undefined {
  const until = quietHours === undefined ? undefined : quietUntil(quietHours, at);
  return until === undefined ? undefined : { verdict: 'defer', reason: 'quiet-hours', until };
}

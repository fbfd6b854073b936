/**
 * The checks that decide whether a person is sent a push about a channel, in their order: the first that fails decides. The worker
 * stops there; `explainChatPush` runs all of them, for an operator who asks why a person got no push.
 */
import type { LoadState } from '../../commands/handling/handle.ts';
import { CHAT_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import type { SuppressionReason } from '../../domain/notifications/events.ts';
import { destinationsOf } from '../../domain/notifications/planning/destinations.ts';
import { maySend, mayTell, type SendPermission } from '../../domain/notifications/planning/may-send.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Presence } from '../../ports/presence/port.ts';
import { inboxId, isMuted, type InboxRow } from '../../projections/read-models/chat/inbox.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { loadRecipient } from '../notifications/plan/recipient.ts';
import { receivedUpTo } from '../notifications/tell/received-up-to.ts';
import type { NotPushedReason } from '../telemetry-events.ts';
import { PUSH_AGE_MAX_MS } from './schedule-pushes.ts';
import { hasFailed, loadUnreadPushes, type ChatPush } from './unread-pushes.ts';
import { blocksOf } from '../notifications/tell/blocked-senders.ts';
import { newestUnreadIn, type NoUnreadMessage, type UnreadMessage } from './unread-message.ts';

export const CHAT_PUSH_TTL_SECONDS = 24 * 60 * 60;

/** In the order in which they run. */
export type ChatPushCheckName = 'member' | 'accepted' | 'not-muted' | 'wanted' | 'unread-message' | 'not-received' | 'no-earlier-push' | 'device' | 'may-send';

export type ChatPushDependencies = {
  readonly views: Pick<TidingsViews, 'get' | 'find'>;
  readonly presence: Pick<Presence, 'receivedBy'>;
  readonly loadState: LoadState;
  readonly clock: () => Instant;
};

/** The person's row of the channel, if there is one, and what looks for the message to push about. */
type Candidate = {
  readonly person: PersonId;
  readonly channel: ChannelId;
  readonly row: InboxRow | undefined;
  /** Looked at where there is no unread message. */
  readonly seq: number;
  readonly newestUnread: ReturnType<typeof newestUnreadIn>;
  /** How far devices have received, of this person at least. */
  readonly received: () => Promise<ReadonlyMap<PersonId, number>>;
};

/** Of each device, and of the person alone: what may be sent, whatever it is sent to. */
type Permissions = { readonly devices: readonly SendPermission[]; readonly person: SendPermission };

/** What the checks look at; each fact is loaded by the first check that asks for it. */
export type ChatPushFacts = {
  readonly row: InboxRow | undefined;
  readonly now: Instant;
  readonly message: () => Promise<UnreadMessage | NoUnreadMessage>;
  readonly receivedUpTo: () => Promise<number | undefined>;
  readonly seq: () => Promise<number>;
  readonly pushes: () => Promise<readonly ChatPush[]>;
  readonly permissions: () => Promise<Permissions>;
};

type Check = { readonly check: ChatPushCheckName; readonly run: (facts: ChatPushFacts) => Promise<NotPushedReason | undefined> };

const CHECKS: readonly Check[] = [
  { check: 'member', run: async ({ row }) => (row?.member === true ? undefined : 'not-a-member') },
  { check: 'accepted', run: async ({ row }) => ((row?.request ?? null) === null ? undefined : 'request-pending') },
  { check: 'not-muted', run: async ({ row, now }) => (row !== undefined && isMuted(row, now) ? 'muted' : undefined) },
  { check: 'wanted', run: async ({ row }) => (row?.level === 'none' ? 'level-none' : undefined) },
  {
    check: 'unread-message',
    run: async ({ message }) => {
      const found = await message();
      return typeof found === 'string' ? found : undefined;
    },
  },
  { check: 'not-received', run: async ({ receivedUpTo, seq }) => (((await receivedUpTo()) ?? -1) >= (await seq()) ? 'received' : undefined) },
  { check: 'no-earlier-push', run: async ({ pushes, seq }) => earlierPush(await pushes(), await seq()) },
  { check: 'device', run: async ({ permissions }) => ((await permissions()).devices.length === 0 ? 'no-device' : undefined) },
  { check: 'may-send', run: async ({ permissions }) => suppressionOfAll(ofAll(await permissions())) },
];

/** For the worker: undefined where a push is to be requested. */
export async function reasonNotToPush(facts: ChatPushFacts): Promise<NotPushedReason | undefined> {
  for (const { run } of CHECKS) {
    const reason = await run(facts);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** `reason`: why the check fails; null: it passes. */
export type ChatPushCheck = { readonly check: ChatPushCheckName; readonly reason: NotPushedReason | null };

export type ChatPushExplanation = {
  readonly person: PersonId;
  readonly channel: ChannelId;
  /** The message that the push is about: the newest unread one up to the seq asked for; null where there is none. */
  readonly message: number | null;
  /** All checks in their order, also those behind the first that fails. */
  readonly checks: readonly ChatPushCheck[];
  /** Of the first check that fails; null: a push is requested. */
  readonly reason: NotPushedReason | null;
  /** Until when the push waits, where the person has quiet hours now. */
  readonly deferredUntil: Instant | null;
};

/** Runs every check as the job of the message `seq` would at this moment; without `seq`, as the job of the channel's newest message would. */
export async function explainChatPush(
  dependencies: ChatPushDependencies,
  { person, channel, seq }: { readonly person: PersonId; readonly channel: ChannelId; readonly seq?: number },
): Promise<ChatPushExplanation> {
  const { views, presence, clock } = dependencies;
  const upTo = seq ?? (await views.get('channel-heads', channel))?.lastMessage ?? 0;
  const row = await views.get('inbox', inboxId(person, channel));
  const now = clock();
  const newestUnread = newestUnreadIn(views, { channel, seq: upTo, since: plus(now, -PUSH_AGE_MAX_MS), now });
  const received = once(() => receivedUpTo(presence, [person], channel));
  const facts = chatPushFacts(dependencies, { person, channel, seq: upTo, row, newestUnread, received });
  const checks: ChatPushCheck[] = [];
  for (const { check, run } of CHECKS) checks.push({ check, reason: (await run(facts)) ?? null });
  const message = await facts.message();
  return {
    person,
    channel,
    message: typeof message === 'string' ? null : message.seq,
    checks,
    reason: checks.find(({ reason }) => reason !== null)?.reason ?? null,
    deferredUntil: deferralOfAll(ofAll(await facts.permissions())),
  };
}

export function chatPushFacts(dependencies: ChatPushDependencies, candidate: Candidate): ChatPushFacts {
  const { views, loadState, clock } = dependencies;
  const { person, channel: chatChannel, row, seq: upTo, newestUnread, received } = candidate;
  const message = once(() =>
    newestUnread({
      person,
      readMessages: row?.readMessages ?? 0,
      onlyMentions: row?.level === 'mentions',
      isBlocked: blocksOf(loadState, person),
    }),
  );
  const seq = async () => {
    const found = await message();
    return typeof found === 'string' ? upTo : found.seq;
  };
  return {
    row,
    now: clock(),
    message,
    seq,
    receivedUpTo: async () => (await received()).get(person),
    pushes: once(() => loadUnreadPushes(views, { person, channel: chatChannel, readUpTo: row?.readUpTo ?? null })),
    permissions: once(async () => {
      const source = { kind: 'chat', channel: chatChannel, seq: await seq() } as const;
      const facts = { ...(await loadRecipient(loadState, { person, source, category: CHAT_CATEGORY })), at: clock() };
      const expiresAt = plus(facts.at, CHAT_PUSH_TTL_SECONDS * SECOND_MS);
      const candidate = { channel: 'push', source, category: CHAT_CATEGORY, critical: false, expiresAt } as const;
      const destinations = destinationsOf(facts.contacts, 'push', source);
      return { devices: destinations.map((destination) => maySend({ ...candidate, ...destination }, facts)), person: mayTell(candidate, facts) };
    }),
  };
}

function earlierPush(pushes: readonly ChatPush[], seq: number): NotPushedReason | undefined {
  const standing = pushes.filter((push) => !hasFailed(push));
  if (standing.length === 0) return undefined;
  return standing.some((push) => push.seq === seq) ? 'already-pushed' : 'earlier-push-unread';
}

/** Where there is no device, the person's own wishes still have an answer. */
const ofAll = ({ devices, person }: Permissions): readonly SendPermission[] => (devices.length === 0 ? [person] : devices);

/** Nothing is requested that can't be sent: there may be a device, or the wish, by the next message. A push that is only deferred is requested. */
function suppressionOfAll(permissions: readonly SendPermission[]): SuppressionReason | undefined {
  const [first] = permissions;
  return first?.action === 'suppress' && permissions.every(({ action }) => action === 'suppress') ? first.reason : undefined;
}

function deferralOfAll(permissions: readonly SendPermission[]): Instant | null {
  if (permissions.some(({ action }) => action === 'send')) return null;
  return permissions.flatMap((permission) => (permission.action === 'defer' ? [permission.until] : [])).sort()[0] ?? null;
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= load());
}

/** How the parts of a gateway hang together: which hears from which. */
import { v7 } from 'uuid';
import type { Commands } from '../commands/commands.ts';
import type { CommandContext, ContextFor } from '../commands/handling/context.ts';
import type { Current } from '../commands/handling/handle.ts';
import type { MessageEntry } from '../domain/chat/message-entry.ts';
import { sentenceOf, type RefusalCode } from '../domain/shared/refusals.ts';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { epochMs, SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { Tokens } from '../edge/auth/tokens.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { Codec } from '../ports/event-log/codec.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { RateLimit } from '../ports/rate-limit/port.ts';
import type { ActiveViews } from '../projections/query/read-views.ts';
import { membershipFromLog } from './channels/membership.ts';
import { createCatchUp } from './channels/catch-up.ts';
import type { CloseName } from './protocol/close-codes.ts';
import type { AcceptDependencies } from './lifecycle/accept-connections.ts';
import { answering, createConversation, refusing, type Conversation } from './lifecycle/inbound-frames.ts';
import { createConnectionDelivery } from './channels/deliver-to-connections.ts';
import { createDevices } from './lifecycle/check-devices.ts';
import { createFrameLimiter } from './connection/rate-limit.ts';
import { createHistory } from './channels/history.ts';
import { createKeepalive, PING_MS } from './lifecycle/keepalive.ts';
import { createSendQueue } from './connection/send-queue.ts';
import { createConnectionRegistry } from './lifecycle/connection-registry.ts';
import { createLocalPresence } from './presence/presence.ts';
import { createReadReceipts, type ReadReceiptsDependencies } from './receipts/read-receipts.ts';
import { createViewQueries } from './channels/view-queries.ts';
import { createDeliveryReceipts } from './receipts/delivery-receipts.ts';
import { createInboundQueue } from './channels/inbound-queue.ts';
import type { Connection } from './connection/connection.ts';
import { createSignals } from './receipts/signals.ts';
import type { GatewayStats } from './stats.ts';
import { createWelcome } from './lifecycle/welcome.ts';
import { createPresenceSubscriptions, watchersOf } from './presence/presence-subscriptions.ts';

export type GatewayDependencies = {
  readonly tokens: Pick<Tokens, 'verify' | 'isActive' | 'forget'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly codec: Pick<Codec, 'decodeAll'>;
  readonly views: Pick<ActiveViews, 'find' | 'get' | 'getMany'>;
  readonly broadcast: Pick<Broadcast, 'publish' | 'listen'>;
  readonly presence: Pick<Presence, 'beat' | 'leave' | 'statusOf' | 'received'>;
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly commands: Pick<Commands, 'postMessage' | 'editMessage' | 'withdrawMessage' | 'reactToMessage' | 'markRead' | 'changePresence' | 'recordGatewayLoss'>;
  readonly current: Current;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
  /** An exception: a bug or an outage. The gateway goes on. */
  readonly failed: (error: unknown) => void;
  /** Told of every frame that is refused. */
  readonly refused?: (code: RefusalCode) => void;
};

export type WiredGateway = {
  readonly events: Omit<AcceptDependencies, 'server'>;
  readonly disconnectForShutdown: (connection: Connection) => void;
  readonly recordGatewayLoss: (lost: { readonly gateway: string; readonly lastSeenAt: Instant }) => Promise<void>;
  /** Waits for nothing: whatever does not answer, deadlines hold and connections are pinged. */
  readonly everyTick: () => void;
  /** Apart from the tick and from each other: one asks the log, one the views, one the vault. */
  readonly checkDevices: () => Promise<void>;
  readonly checkHeads: () => Promise<void>;
  readonly checkSessions: () => Promise<void>;
  readonly flush: () => Promise<void>;
  readonly refreshWatched: () => Promise<void>;
  /** What people said and read is in the log, or was refused. */
  readonly finish: () => Promise<void>;
  readonly stats: () => Omit<GatewayStats, 'connections'>;
};

export function wireGateway(dependencies: GatewayDependencies, { gateway, tickMs }: { readonly gateway: string; readonly tickMs: number }): WiredGateway {
  const { tokens, broadcast, rateLimit, commands, current, contextFor, clock, failed, refused } = dependencies;
  const nowMs = () => epochMs(clock());
  const ask = asking(contextFor, gateway, clock);
  const closed: Partial<Record<CloseName, number>> = {};

  // What is named here and made below is called only once connections come.
  const outbound = createSendQueue({ overflow: (connection) => conversation.apply(connection, 'send-queue-full') });
  const answer: ReturnType<typeof answering> = (connection, frame) => {
    if (frame.type === 'refused') refused?.(frame.code);
    answering(outbound)(connection, frame);
  };
  const reads = createViewQueries(dependencies.views, nowMs);
  const history = createHistory(dependencies);
  const delivering = createConnectionDelivery({ send: outbound.send });
  const deliverToAll = (connections: Iterable<Connection>, channel: ChannelId, entry: MessageEntry) => {
    for (const connection of connections) if (connection.phase === 'live') delivering.deliver(connection, channel, entry);
  };
  const belonging = membershipFromLog(current);
  const catchUp = createCatchUp<Connection>({ history, deliver: deliverToAll, belonging, isTaking: outbound.hasCapacity, failed });
  const people = createConnectionRegistry({
    broadcast,
    send: outbound.send,
    deliver: delivering.deliver,
    behind: catchUp.need,
    sessionEnded: (ended, of) => lifetimes.revoke(ended, of),
    deviceRemoved: (device, of) => lifetimes.remove(device, of),
    channelChanged: reads.forgetMembers,
    crowded: (oldest) => conversation.apply(oldest, 'too-many-connections'),
  });
  const devices = createDevices({ ...dependencies, removed: (connection, { device }) => lifetimes.remove(device, [connection]) });
  const presence = createLocalPresence(gateway, {
    presence: dependencies.presence,
    nowMs,
    tell: (hint) => broadcast.publish([watchersOf(hint.person)], hint),
    record: (lasting) => ask('change-presence', lasting, (context) => commands.changePresence({ ...lasting, gateway }, context)),
    failed,
  });
  const watching = createPresenceSubscriptions({ ...dependencies, reads, send: outbound.send });
  const readMarks = createReadReceipts({ write: writingMarks(dependencies), nowMs, failed });
  const receivedMarks = createDeliveryReceipts(dependencies.presence, failed);
  const saying = createInboundQueue({ commands, contextFor, clock, answer, refuse: refusing(answer), failed });
  const signals = createSignals({ reads, history, broadcast, readMarks, receivedMarks, watching, nowMs });
  const frameRate = createFrameLimiter({ rateLimit, nowMs, failed });
  const welcomed = (connection: Connection) => lifetimes.welcomed(connection);
  const welcome = createWelcome({ answer, catchUp, clock, welcomed }, { gateway, pingEveryMs: (PING_MS / SECOND_MS) * tickMs });
  const countClosed = (as: CloseName) => (closed[as] = (closed[as] ?? 0) + 1);
  const conversation: Conversation = createConversation({
    tokens,
    reads,
    history,
    belonging,
    people,
    devices,
    presence,
    frameRate,
    saying,
    signals,
    outbound,
    welcome,
    closed: countClosed,
    failed,
  });
  const lifetimes = createKeepalive({ tokens, conversation, devices, people, presence, watching, readMarks, reads, catchUp, answer, nowMs, failed });

  return {
    events: {
      opened: lifetimes.opened,
      heard: (connection, text) => (text === undefined ? conversation.apply(connection, 'unreadable') : conversation.onMessage(connection, text)),
      gone: lifetimes.gone,
    },
    disconnectForShutdown: (connection) => conversation.apply(connection, 'shutting-down'),
    recordGatewayLoss: (lost) => ask('lose-gateway', lost, (context) => commands.recordGatewayLoss(lost, context)),
    everyTick: () => {
      presence.tick();
      readMarks.tick();
      lifetimes.tick();
    },
    checkDevices: devices.look,
    checkHeads: lifetimes.checkHeads,
    checkSessions: lifetimes.checkSessions,
    flush: async () => void (await Promise.all([presence.flush(), receivedMarks.flush()])),
    refreshWatched: watching.refresh,
    finish: async () => {
      await saying.whenEmpty();
      await Promise.all([readMarks.finish(), receivedMarks.flush(), presence.flush()]);
    },
    stats: () => {
      const gauges = { connectedPeople: people.count(), watchedPeople: watching.count(), channelsCatchingUp: catchUp.reading() };
      return { ...gauges, ...outbound.stats(), ...delivering.stats(), ...saying.stats(), connectionsClosed: { ...closed } };
    },
  };
}

/** What the gateway asks of itself: made just now, so never handled before. */
const asking =
  (contextFor: ContextFor, gateway: string, clock: () => Instant) =>
  async (type: string, body: object, act: (context: CommandContext) => Promise<{ readonly outcome: string }>): Promise<void> => {
    const made = contextFor({ actor: `system:gateway-${gateway}`, type, key: v7(), fresh: true, body, at: clock() });
    if (made.outcome === 'accepted') await act(made.context);
  };

/** Most refusals mean that the person has left the channel meanwhile: then there is nothing to mark. Where too many write, it is tried again. */
const writingMarks =
  ({ commands, contextFor, clock }: GatewayDependencies): ReadReceiptsDependencies['write'] =>
  async ({
    person,
    channel,
    seq,
    known,
  }: {
    readonly person: PersonId;
    readonly channel: ChannelId;
    readonly seq: number;
    readonly known: number | undefined;
  }) => {
    const made = contextFor({ actor: person, type: 'mark-read', key: v7(), fresh: true, body: { channel, seq }, at: clock() });
    if (made.outcome === 'refused') return;
    const handled = await commands.markRead({ person, channel, seq, ...(known === undefined ? {} : { known }) }, made.context);
    if (handled.outcome === 'refused' && handled.refusal.code === 'write-contention') throw new Error(sentenceOf(handled.refusal.code));
  };

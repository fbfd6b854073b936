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
import { belongingIn } from './channels/membership.ts';
import { createCatchUp } from './channels/catch-up.ts';
import type { CloseName } from './protocol/close-codes.ts';
import type { ConnectionsDependencies } from './connection/accept-connections.ts';
import { answering, createConversation, refusing, type Conversation } from './lifecycle/conversation.ts';
import { createDelivering } from './channels/deliver-to-connections.ts';
import { createDevices } from './lifecycle/devices.ts';
import { createFrameRate } from './connection/rate-limit.ts';
import { createHistory } from './channels/history.ts';
import { createLifetimes, PING_MS } from './lifecycle/keepalive.ts';
import { createOutbound } from './connection/send-queue.ts';
import { createPeopleHere } from './lifecycle/connection-registry.ts';
import { createPresenceHere } from './presence/presence.ts';
import { createReadMarks, type ReadMarksDependencies } from './receipts/read-receipts.ts';
import { createReads } from './channels/view-queries.ts';
import { createReceivedMarks } from './receipts/delivery-receipts.ts';
import { createSaying } from './channels/inbound-queue.ts';
import type { Session } from './connection/connection.ts';
import { createSignals } from './receipts/signals.ts';
import type { GatewayStats } from './stats.ts';
import { createWelcome } from './lifecycle/welcome.ts';
import { createWatching, watchersOf } from './presence/presence-subscriptions.ts';

export type GatewayDependencies = {
  readonly tokens: Pick<Tokens, 'verify' | 'stands' | 'forget'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly codec: Pick<Codec, 'decodeAll'>;
  readonly views: Pick<ActiveViews, 'find' | 'get' | 'getMany'>;
  readonly broadcast: Pick<Broadcast, 'publish' | 'listen'>;
  readonly presence: Pick<Presence, 'beat' | 'leave' | 'statusOf' | 'received'>;
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly commands: Pick<Commands, 'postMessage' | 'editMessage' | 'withdrawMessage' | 'reactToMessage' | 'markRead' | 'changePresence' | 'loseGateway'>;
  readonly current: Current;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
  /** An exception: a bug or an outage. The gateway goes on. */
  readonly failed: (error: unknown) => void;
  /** Told of every frame that is refused. */
  readonly refused?: (code: RefusalCode) => void;
};

export type Parts = {
  readonly events: Omit<ConnectionsDependencies, 'server'>;
  readonly sendAway: (session: Session) => void;
  readonly loseGateway: (lost: { readonly gateway: string; readonly lastSeenAt: Instant }) => Promise<void>;
  /** Waits for nothing: whatever does not answer, deadlines hold and connections are pinged. */
  readonly everyTick: () => void;
  /** Apart from the tick and from each other: one asks the log, one the views, one the vault. */
  readonly lookAtDevices: () => Promise<void>;
  readonly lookAtHeads: () => Promise<void>;
  readonly lookWhoStands: () => Promise<void>;
  readonly flush: () => Promise<void>;
  readonly refreshWatched: () => Promise<void>;
  /** What people said and read is in the log, or was refused. */
  readonly finish: () => Promise<void>;
  readonly stats: () => Omit<GatewayStats, 'connections' | 'draining'>;
};

export function assemble(dependencies: GatewayDependencies, { gateway, tickMs }: { readonly gateway: string; readonly tickMs: number }): Parts {
  const { tokens, broadcast, rateLimit, commands, current, contextFor, clock, failed, refused } = dependencies;
  const nowMs = () => epochMs(clock());
  const ask = asking(contextFor, gateway, clock);
  const closed: Partial<Record<CloseName, number>> = {};

  // What is named here and made below is called only once connections come.
  const outbound = createOutbound({ overflow: (session) => conversation.meets(session, 'overflowing') });
  const answer: ReturnType<typeof answering> = (session, frame) => {
    if (frame.type === 'refused') refused?.(frame.code);
    answering(outbound)(session, frame);
  };
  const reads = createReads(dependencies.views, nowMs);
  const history = createHistory(dependencies);
  const delivering = createDelivering({ send: outbound.send });
  const deliverToAll = (sessions: Iterable<Session>, channel: ChannelId, entry: MessageEntry) => {
    for (const session of sessions) if (session.phase === 'live') delivering.deliver(session, channel, entry);
  };
  const belonging = belongingIn(current);
  const catchUp = createCatchUp<Session>({ history, deliver: deliverToAll, belonging, isTaking: outbound.isTaking, failed });
  const people = createPeopleHere({
    broadcast,
    send: outbound.send,
    deliver: delivering.deliver,
    behind: catchUp.need,
    sessionEnded: (ended, of) => lifetimes.revoke(ended, of),
    deviceRemoved: (device, of) => lifetimes.remove(device, of),
    channelChanged: reads.forgetMembers,
    crowded: (oldest) => conversation.meets(oldest, 'crowded'),
  });
  const devices = createDevices({ ...dependencies, removed: (session, { device }) => lifetimes.remove(device, [session]) });
  const presence = createPresenceHere(gateway, {
    presence: dependencies.presence,
    nowMs,
    tell: (hint) => broadcast.publish([watchersOf(hint.person)], hint),
    record: (lasting) => ask('change-presence', lasting, (context) => commands.changePresence({ ...lasting, gateway }, context)),
    failed,
  });
  const watching = createWatching({ ...dependencies, reads, send: outbound.send });
  const readMarks = createReadMarks({ write: writingMarks(dependencies), nowMs, failed });
  const receivedMarks = createReceivedMarks(dependencies.presence, failed);
  const saying = createSaying({ commands, contextFor, clock, answer, refuse: refusing(answer), failed });
  const signals = createSignals({ reads, history, broadcast, readMarks, receivedMarks, watching, nowMs });
  const frameRate = createFrameRate({ rateLimit, nowMs, failed });
  const welcomed = (session: Session) => lifetimes.welcomed(session);
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
  const lifetimes = createLifetimes({ tokens, conversation, devices, people, presence, watching, readMarks, reads, catchUp, answer, nowMs, failed });

  return {
    events: {
      opened: lifetimes.opened,
      heard: (session, text) => (text === undefined ? conversation.meets(session, 'unreadable') : conversation.hear(session, text)),
      gone: lifetimes.gone,
    },
    sendAway: (session) => conversation.meets(session, 'drained'),
    loseGateway: (lost) => ask('lose-gateway', lost, (context) => commands.loseGateway(lost, context)),
    everyTick: () => {
      presence.tick();
      readMarks.tick();
      lifetimes.tick();
    },
    lookAtDevices: devices.look,
    lookAtHeads: lifetimes.lookAtHeads,
    lookWhoStands: lifetimes.lookWhoStands,
    flush: async () => void (await Promise.all([presence.flush(), receivedMarks.flush()])),
    refreshWatched: watching.refresh,
    finish: async () => {
      await saying.finished();
      await Promise.all([readMarks.finish(), receivedMarks.flush(), presence.flush()]);
    },
    stats: () => {
      const { delivered, dropped, gaps } = delivering.stats();
      const here = { people: people.count(), watched: watching.count(), channelsCatchingUp: catchUp.reading() };
      return { ...here, ...outbound.stats(), messagesDelivered: delivered, hintsDropped: dropped, gapsFound: gaps, ...saying.stats(), closed: { ...closed } };
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
  ({ commands, contextFor, clock }: GatewayDependencies): ReadMarksDependencies['write'] =>
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
    if (handled.outcome === 'refused' && handled.refusal.code === 'busy') throw new Error(sentenceOf(handled.refusal.code));
  };

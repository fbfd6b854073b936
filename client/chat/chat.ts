/**
 * Chat: one connection, the channels that are open, and what is on its way. Everything that a person does is shown at once and kept until
 * the server has answered; everything that others do comes in the channel's order, without holes.
 */
import type { Api } from '../http/api.ts';
import { observable, type Observable } from '../http/observable.ts';
import type { Storage } from '../storage/storage.ts';
import { openChannel, type Channel, type ChannelState, type JumpPlace } from './channel.ts';
import type { Tabs } from '../tabs/tabs.ts';
import type { ConnectionDependencies, ConnectionState, ServerFrame, ServerFrameOf } from './connection.ts';
import { createKeepUp, type ChannelHead } from './keep-up.ts';
import { openOutbox, type OutgoingFrame } from './outbox.ts';
import { createSharedConnection } from './shared-connection.ts';

export type Presence = { readonly status: 'online' | 'offline'; readonly lastActiveAt: string | null };

export type NewMessage = Omit<Extract<OutgoingFrame, { readonly type: 'send' }>, 'type' | 'id' | 'channel'>;

export type OpenChannel = {
  readonly id: string;
  readonly state: Observable<ChannelState>;
  /** Resolves when the newest messages are here. Throws a `TidingsProblem` where there is no such channel. */
  load(): Promise<void>;
  /** Before what is shown: `messages`, or `elsewhere` after a jump. */
  loadOlder(): Promise<void>;
  /** After what is shown elsewhere. */
  loadNewer(): Promise<void>;
  /** Resolves with the seq of the message that is there; undefined where there is none. */
  jumpTo(place: JumpPlace): Promise<number | undefined>;
  toNewest(): void;
  /** Reads a message again: the addresses of its pictures are good for an hour. */
  refresh(seq: number): Promise<void>;
  /** Resolves with the message's id when it is kept here, and will be sent. */
  send(message: NewMessage | string): Promise<string>;
  edit(message: number, words: Pick<NewMessage, 'text' | 'entities'> | string): Promise<string>;
  withdraw(message: number): Promise<string>;
  react(message: number, emoji: string, change: 'added' | 'removed'): Promise<string>;
  /** The person has read everything up to here. */
  markRead(seq: number): void;
  /** Call it while the person types; it tells the others now and then. */
  typing(): void;
};

export type Chat = {
  readonly connection: Observable<ConnectionState>;
  /** By person, of those who are watched. */
  readonly presence: Observable<Readonly<Record<string, Presence>>>;
  connect(): void;
  /** Ends the connection and the streams of this client; the other tabs have theirs. */
  close(): void;
  /** What the device says of its network: `openTidings` tells it in browsers. */
  networkChanged(isThere: boolean): void;
  channel(id: string): Promise<OpenChannel>;
  /**
   * Keeps these channels, of a list's unread ones, as they are on the server, though nobody opens them: what has come is there at the next
   * start, and those who wrote it see that it was delivered. Of several tabs one does so; at most twenty channels are kept.
   */
  keepUp(heads: readonly ChannelHead[]): void;
  /** Watches the presence of these people, in place of those before. */
  watch(people: readonly string[]): void;
  /** Sends a message that failed anew, under a new id. */
  retry(id: string): Promise<void>;
  discard(id: string): Promise<void>;
  /** Each frame that the gateway sends, for what this library doesn't do itself: `channel`, `invitations`, `notification`, `centre`. */
  onFrame(listener: (frame: ServerFrame) => void): () => void;
};

export type ChatDependencies = {
  readonly api: Api;
  readonly tabs: Tabs;
  readonly storage: Storage;
  readonly token: () => string | undefined;
  readonly device: string;
  readonly onStorageError?: (error: unknown) => void;
} & Pick<ConnectionDependencies, 'openSocket' | 'random'>;

/** Where the storage has the epoch of the log that what it keeps is of. */
export const EPOCH = 'epoch';
const TYPING_EVERY_MS = 3_000;
/** The gateway takes so many cursors; of the other channels it tells the heads. */
const CURSORS_MAX = 500;

export async function createChat({ api, tabs, storage, token, device, onStorageError = () => undefined, ...socket }: ChatDependencies): Promise<Chat> {
  let epoch = (await storage.get(EPOCH).catch(onStorageError)) as number | undefined;
  const channels = new Map<string, Promise<Channel>>();
  const opened = new Map<string, Channel>();
  const presence = observable<Readonly<Record<string, Presence>>>({});
  const listeners = new Set<(frame: ServerFrame) => void>();
  let watched: readonly string[] = [];
  let person: string | undefined;
  /** Somebody has it open on this page. */
  const pages = new Set<string>();

  const connection = createSharedConnection(tabs, {
    ...socket,
    token,
    device,
    epoch: () => epoch,
    cursors: () =>
      Object.fromEntries([...opened].flatMap(([id, channel]) => (channel.cursor() === undefined ? [] : [[id, channel.cursor() ?? -1]])).slice(-CURSORS_MAX)),
    findGateway: async () => (await api.write.GET('/v1/gateway', {})).data?.gateway ?? null,
    onFrame: receive,
  });
  const outbox = await openOutbox({
    tabs,
    storage,
    onStorageError,
    newId: api.newId,
    send: (frame) => connection.send(frame),
    onSilence: () => connection.reconnect(),
    observeServerTime: api.clock.observe,
  });
  outbox.outgoing.subscribe((all) => opened.forEach((channel, id) => channel.showOutgoing(all.filter(({ frame }) => frame.channel === id))));
  connection.state.subscribe(({ phase }) => (phase === 'live' ? undefined : outbox.disconnected()));

  function receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'welcome':
        welcome(frame);
        break;
      case 'ack':
        acknowledge(frame);
        break;
      case 'refused':
        outbox.refused(frame);
        break;
      case 'message':
        opened.get(frame.channel)?.receive(frame);
        break;
      case 'announced':
        opened.get(frame.channel)?.behind(frame.seq);
        break;
      case 'heads':
        for (const [id, head] of Object.entries(frame.heads)) opened.get(id)?.behind(head);
        break;
      case 'read':
        opened.get(frame.channel)?.read(frame);
        break;
      case 'delivered':
        opened.get(frame.channel)?.delivered(frame);
        break;
      case 'typing':
        opened.get(frame.channel)?.typed(frame.person);
        break;
      case 'presence':
        presence.set({ ...presence.value, [frame.person]: { status: frame.status, lastActiveAt: frame.lastActiveAt } });
        break;
      case 'channel':
      case 'invitations':
      case 'notification':
      case 'centre':
        break;
    }
    for (const listener of listeners) listener(frame);
  }

  function welcome({ serverTime, person: its, epoch: newEpoch, recovered, heads }: ServerFrameOf<'welcome'>): void {
    api.clock.observe(Date.parse(serverTime));
    person = its;
    if (newEpoch !== epoch) {
      epoch = newEpoch;
      api.forgetPositions();
      for (const channel of opened.values()) channel.forget();
      void (newEpoch === undefined ? storage.delete(EPOCH) : storage.set(EPOCH, newEpoch)).catch(onStorageError);
    }
    for (const [id, head] of Object.entries(heads)) opened.get(id)?.behind(head);
    if (!recovered) for (const channel of opened.values()) void channel.load().catch(() => undefined);
    if (watched.length > 0) connection.send({ type: 'watch', people: [...watched] });
    for (const channel of opened.values()) tellDelivered(channel);
    outbox.connected();
  }

  function tellDelivered(channel: Channel): void {
    const seq = person === undefined ? undefined : channel.arrivedUpTo(person);
    if (seq !== undefined) connection.send({ type: 'delivered', channel: channel.id, seq });
  }

  /** The gateway echoes no message to the connection that sent it: the acknowledgement stands for it, at its place among the others. */
  function acknowledge({ id, seq, ...ack }: ServerFrameOf<'ack'>): void {
    const frame = outbox.acknowledged({ id, seq, ...ack })?.frame;
    if (frame?.type !== 'send' || person === undefined) return;
    const { channel, text, replyTo, mentions, entities, media, quote } = frame;
    const at = new Date(api.clock.nowMs()).toISOString();
    const words = {
      text,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(mentions === undefined ? {} : { mentions }),
      ...(entities === undefined ? {} : { entities }),
    };
    const event = { type: 'message', event: 'posted', channel, seq, at, messageCount: 0, sender: person, clientId: id, ...words } as const;
    // What pictures became, and the words of a quote, only the server knows.
    opened.get(channel)?.acknowledged(event, { hasDetails: media !== undefined || quote !== undefined });
  }

  const load = (id: string): Promise<Channel> => {
    const known = channels.get(id);
    if (known !== undefined) return known;
    const opening = openChannel(id, { api, storage, onStorageError, onKept: tellDelivered }).then((channel) => {
      opened.set(id, channel);
      channel.showOutgoing(outbox.outgoing.value.filter(({ frame }) => frame.channel === id));
      return channel;
    });
    channels.set(id, opening);
    return opening;
  };

  const keepUp = createKeepUp({
    open: load,
    letGo: (id) => {
      if (pages.has(id)) return;
      opened.get(id)?.close();
      opened.delete(id);
      channels.delete(id);
    },
  });

  const add = async (frame: OutgoingFrame): Promise<string> => {
    await outbox.add(frame);
    return frame.id;
  };

  return {
    connection: connection.state,
    presence,
    connect: () => connection.connect(),
    close: () => connection.close(),
    networkChanged: (isThere) => connection.networkChanged(isThere),
    watch: (people) => {
      watched = people;
      connection.send({ type: 'watch', people: [...people] });
    },
    keepUp: (heads) => {
      if (tabs.isLeader.value) keepUp.keep(heads);
    },
    retry: (id) => outbox.retry(id),
    discard: (id) => outbox.discard(id),
    onFrame: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    channel: async (id) => {
      pages.add(id);
      const channel = await load(id);
      let typedAt = -Infinity;
      return {
        id,
        state: channel.state,
        load: () => channel.load(),
        loadOlder: () => channel.loadOlder(),
        send: (message) => add({ type: 'send', channel: id, id: api.newId(), ...(typeof message === 'string' ? { text: message } : message) }),
        loadNewer: () => channel.loadNewer(),
        jumpTo: (place) => channel.jumpTo(place),
        toNewest: () => channel.toNewest(),
        refresh: (seq) => channel.refresh(seq),
        edit: (message, words) => add({ type: 'edit', channel: id, id: api.newId(), message, ...(typeof words === 'string' ? { text: words } : words) }),
        withdraw: (message) => add({ type: 'withdraw', channel: id, id: api.newId(), message }),
        react: (message, emoji, change) => add({ type: 'react', channel: id, id: api.newId(), message, emoji, change }),
        markRead: (seq) => void connection.send({ type: 'read', channel: id, seq }),
        typing: () => {
          if (performance.now() - typedAt < TYPING_EVERY_MS) return;
          typedAt = performance.now();
          connection.send({ type: 'typing', channel: id });
        },
      };
    },
  };
}

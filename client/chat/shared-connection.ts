/**
 * One connection for all tabs: the leading tab has it, and tells the others each frame. What they send goes through it. To a tab it looks like
 * a connection of its own, which is lost and found again where another tab begins to lead.
 */
import { observable } from '../http/observable.ts';
import type { Tabs } from '../tabs/tabs.ts';
import { createDeliveryReceipts } from './delivery-receipts.ts';
import { createConnection, type ClientFrame, type Connection, type ConnectionDependencies, type ConnectionState, type ServerFrame } from './connection.ts';

type Welcome = Extract<ServerFrame, { readonly type: 'welcome' }>;

const TOPIC = { wants: 'connection/wants', state: 'connection/state', frame: 'connection/frame', sends: 'connection/sends' } as const;

/** Tabs of a person use the same device, and the session of whoever leads. */
export function createSharedConnection(tabs: Tabs, dependencies: ConnectionDependencies): Connection {
  const state = observable<ConnectionState>({ phase: 'closed' });
  const heads = createHeads();
  const watched = new Map<string, readonly string[]>();
  let isWanted = false;
  let welcome: Welcome | undefined;
  let greetedWith: Readonly<Record<string, number>> = {};

  const own = createConnection({
    ...dependencies,
    cursors: () => (greetedWith = dependencies.cursors()),
    onFrame: (frame) => {
      if (frame.type === 'welcome') {
        welcome = frame;
        receipts.begin(frame);
        heads.begin({ ...frame.heads, ...(frame.recovered ? greetedWith : {}) });
      } else heads.note(frame);
      if (frame.type === 'refused') receipts.refused(frame);
      tabs.tell(TOPIC.frame, frame.type === 'welcome' ? forOthers(frame) : frame);
      dependencies.onFrame(frame);
      if (frame.type === 'welcome') sendWatched();
    },
  });
  const receipts = createDeliveryReceipts((receipt) => own.send(receipt));
  const isLive = () => state.value.phase === 'live';

  /** Another tab has cursors of its own: by the heads it knows what it lacks. */
  const forOthers = (frame: Welcome): Welcome => ({ ...frame, heads: heads.all() });

  const write = (frame: ClientFrame, from: string): boolean => {
    heads.expect(frame);
    if (frame.type === 'delivered') {
      receipts.add(frame);
      return true;
    }
    if (frame.type !== 'watch') return own.send(frame);
    watched.set(from, frame.people);
    return sendWatched();
  };
  const sendWatched = (): boolean => (watched.size === 0 ? true : own.send({ type: 'watch', people: [...new Set([...watched.values()].flat())] }));

  const show = (next: ConnectionState): void => {
    state.set(next);
    tabs.tell(TOPIC.state, next);
  };

  own.state.subscribe((next) => {
    if (tabs.isLeader.value) show(next);
  });
  tabs.isLeader.subscribe((isLeader) => {
    if (isLeader && isWanted) own.connect();
    if (isLeader) return;
    own.close();
    watched.clear();
    if (isWanted) state.set({ phase: 'connecting' });
  });
  const introduce = (tab: string): void => {
    tabs.tell(TOPIC.state, own.state.value, tab);
    if (isLive() && welcome !== undefined) tabs.tell(TOPIC.frame, forOthers(welcome), tab);
  };
  tabs.onJoined(introduce);
  tabs.onLeft((tab) => void (watched.delete(tab) && sendWatched()));
  tabs.onTold(TOPIC.wants, (_, { from }) => {
    if (!tabs.isLeader.value) return;
    own.connect();
    introduce(from);
  });
  tabs.onTold<ClientFrame>(TOPIC.sends, (frame, { from }) => {
    if (tabs.isLeader.value) write(frame, from);
  });
  tabs.onTold<ConnectionState>(TOPIC.state, (next, { isOfLeader }) => {
    if (!isOfLeader) return;
    if (isWanted) state.set(next);
    if (isWanted && next.phase === 'closed') tabs.tell(TOPIC.wants);
  });
  tabs.onTold<ServerFrame>(TOPIC.frame, (frame, { isOfLeader }) => {
    if (isOfLeader && isWanted) dependencies.onFrame(frame);
  });

  return {
    state,
    connect: () => {
      isWanted = true;
      tabs.join();
      if (tabs.isLeader.value) return own.connect();
      if (!isLive()) state.set({ phase: 'connecting' });
      tabs.tell(TOPIC.wants);
    },
    close: () => {
      isWanted = false;
      own.close();
      tabs.leave();
      state.set({ phase: 'closed' });
    },
    send: (frame) => {
      if (!isLive()) return false;
      if (tabs.isLeader.value) return write(frame, OWN);
      tabs.tell(TOPIC.sends, frame);
      return true;
    },
    reconnect: () => own.reconnect(),
    networkChanged: (isThere) => own.networkChanged(isThere),
  };
}

const OWN = '';

/** How far each channel has come, as far as this connection was told: for tabs that come later. */
function createHeads() {
  const heads = new Map<string, number>();
  /** By the id of what was sent: an acknowledgement doesn't name it. */
  const channels = new Map<string, string>();
  const raise = (channel: string, seq: number) => void heads.set(channel, Math.max(seq, heads.get(channel) ?? -1));
  return {
    all: () => Object.fromEntries(heads),
    begin: (known: Readonly<Record<string, number>>) => {
      heads.clear();
      channels.clear();
      for (const [channel, seq] of Object.entries(known)) heads.set(channel, seq);
    },
    expect: (frame: ClientFrame) => {
      if ('id' in frame && 'channel' in frame) channels.set(frame.id, frame.channel);
    },
    note: (frame: ServerFrame) => {
      if (frame.type === 'message' || frame.type === 'announced') raise(frame.channel, frame.seq);
      if (frame.type === 'heads') for (const [channel, seq] of Object.entries(frame.heads)) raise(channel, seq);
      if (frame.type !== 'ack' && frame.type !== 'refused') return;
      const channel = channels.get(frame.id ?? '');
      channels.delete(frame.id ?? '');
      if (frame.type === 'ack' && channel !== undefined) raise(channel, frame.seq);
    },
  };
}

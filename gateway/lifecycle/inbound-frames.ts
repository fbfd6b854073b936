/** What becomes of what a connection says: the table of phases decides, and here is done what it decided. */
import type { Refusal } from '../../domain/shared/decider.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import { refusalOfError } from '../../edge/problem.ts';
import type { MembershipLookup } from '../channels/membership.ts';
import type { CloseName } from '../protocol/close-codes.ts';
import type { Devices } from './check-devices.ts';
import { FRAMES_LIMIT, HELLOS_LIMIT, type FrameLimiter } from '../connection/rate-limit.ts';
import { parseFrame, type ClientFrame, type ClientFrameOf, type ServerFrame } from '../protocol/frames.ts';
import { authenticate, loadResume } from './hello.ts';
import type { History } from '../channels/history.ts';
import type { SendQueue } from '../connection/send-queue.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import type { LocalPresence } from '../presence/presence.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import { hasRoomFor, type InboundQueue } from '../channels/inbound-queue.ts';
import type { Input } from '../connection/connection-states.ts';
import { step, type Connection, type Who } from '../connection/connection.ts';
import type { Signals } from '../receipts/signals.ts';
import type { Welcome } from './welcome.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

/** A client that sends so many frames that there aren't is not one of ours. */
export const BAD_FRAMES_MAX = 10;

export type ConversationDependencies = {
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly reads: ViewQueries;
  readonly history: History;
  readonly belonging: MembershipLookup;
  readonly people: Pick<ConnectionRegistry, 'add'>;
  readonly devices: Pick<Devices, 'isRemoved'>;
  readonly presence: Pick<LocalPresence, 'alive'>;
  readonly frameRate: FrameLimiter;
  readonly saying: Pick<InboundQueue, 'enqueue'>;
  readonly signals: Signals;
  readonly outbound: SendQueue;
  readonly welcome: Welcome;
  readonly closed: (as: CloseName) => void;
  readonly failed: (error: unknown) => void;
};

export type Conversation = {
  onMessage(connection: Connection, text: string): void;
  /** Anything that is not a frame. */
  apply(connection: Connection, input: Exclude<Input, 'hello' | 'frame' | 'malformed' | 'admitted'>): void;
};

export function createConversation(dependencies: ConversationDependencies): Conversation {
  const { tokens, reads, history, belonging, people, devices, presence, frameRate, outbound, welcome, closed, failed } = dependencies;
  const answer = answering(outbound);
  const refuse = refusing(answer);
  const handle = handling(dependencies, refuse);

  const close = (connection: Connection, as: CloseName) => {
    outbound.end(connection, as);
    closed(as);
  };

  const apply: Conversation['apply'] = (connection, input) => {
    const effect = step(connection, input);
    if (effect.does === 'close') close(connection, effect.as);
  };

  const onMessage = (connection: Connection, text: string) => {
    connection.isAlive = true;
    const rate = frameRate.admit(connection);
    if (rate.outcome === 'floods') return apply(connection, 'rate-limited');
    const parsed = parseFrame(text);
    if (parsed.outcome === 'unreadable') return apply(connection, 'unreadable');
    const about = parsed.outcome === 'frame' ? aboutOf(parsed.frame) : { about: parsed.about, ...(parsed.id === undefined ? {} : { id: parsed.id }) };
    if (rate.outcome === 'limited' && connection.phase === 'live') {
      return refuse(connection, { code: 'rate-limited', facts: { limit: FRAMES_LIMIT.name, retryAfterSeconds: rate.retryAfterSeconds } }, about);
    }
    if (parsed.outcome === 'malformed') {
      refuse(connection, { code: 'bad-frame', facts: { detail: parsed.detail } }, about); // before it may be closed for it
      const effect = step(connection, 'malformed');
      if (effect.does === 'close') return close(connection, effect.as);
      if (++connection.badFrames > BAD_FRAMES_MAX) apply(connection, 'unreadable');
      return;
    }
    onFrame(connection, parsed.frame);
  };

  const onFrame = (connection: Connection, frame: ClientFrame) => {
    const effect = step(connection, frame.type === 'hello' ? 'hello' : 'frame');
    switch (effect.does) {
      case 'authenticate':
        if (frame.type === 'hello') void begin(connection, frame);
        return;
      case 'hold':
        if (connection.buffered === undefined || !hasRoomFor(frame, connection.buffered.frames)) return apply(connection, 'rate-limited');
        connection.buffered.frames.push(frame);
        return;
      case 'handle':
        if (connection.who !== undefined) handle(connection, connection.who, frame);
        return;
      case 'close':
        return close(connection, effect.as);
      case 'welcome':
      case 'refuse':
      case 'nothing':
        return;
    }
  };

  const begin = async (connection: Connection, hello: ClientFrameOf<'hello'>) => {
    connection.buffered = { frames: [], lagging: new Map() };
    try {
      const authenticated = await authenticate(tokens, hello);
      if (connection.phase !== 'resuming') return;
      if (authenticated.outcome === 'refused') {
        refuse(connection, authenticated.refusal, { about: hello.type });
        return apply(connection, 'unauthenticated');
      }
      const { who } = authenticated;
      const tooOften = await frameRate.admitHello(who.person);
      if (tooOften !== undefined) {
        refuse(connection, { code: 'rate-limited', facts: { limit: HELLOS_LIMIT.name, ...tooOften } }, { about: hello.type });
        return apply(connection, 'rate-limited');
      }
      if (connection.phase !== 'resuming') return;
      connection.who = who;
      people.add(connection, who.person);
      const isRemoved = await devices.isRemoved(connection, who);
      if (connection.phase !== 'resuming') return;
      if (isRemoved) {
        refuse(connection, { code: 'device-removed' }, { about: hello.type });
        return apply(connection, 'revoked');
      }
      presence.alive(who.person, who.device);
      const greeting = await loadResume({ reads, history, belonging }, who, hello);
      if (step(connection, 'admitted').does === 'welcome') for (const frame of welcome(connection, who, greeting)) onFrame(connection, frame);
    } catch (error) {
      failed(error);
      apply(connection, 'failed');
    }
  };

  return { onMessage, apply };
}

/** What a connection that was welcomed says. */
const handling =
  ({ presence, saying, signals, failed }: ConversationDependencies, refuse: ReturnType<typeof refusing>) =>
  (connection: Connection, who: Who, frame: ClientFrame): void => {
    presence.alive(who.person, who.device);
    switch (frame.type) {
      case 'hello': // is met by the table
      case 'heartbeat': // has said all it has to say
        return;
      case 'send':
      case 'edit':
      case 'withdraw':
      case 'react':
        return saying.enqueue(connection, who, frame);
      case 'received':
      case 'read':
      case 'typing':
      case 'watch':
        void signals(connection, who, frame)
          .catch((error: unknown) => {
            failed(error);
            return refusalOfError(error).code;
          })
          .then((code) => code !== undefined && refuse(connection, { code }, aboutOf(frame)));
        return;
    }
  };

const aboutOf = (frame: ClientFrame): About => ('id' in frame ? { about: frame.type, id: frame.id } : { about: frame.type });

type About = { readonly about: string; readonly id?: string };

export const answering =
  (outbound: Pick<SendQueue, 'send'>) =>
  (connection: Connection, frame: ServerFrame): void =>
    outbound.send(connection, encodeFrame(frame));

export const refusing =
  (answer: (connection: Connection, frame: ServerFrame) => void) =>
  (connection: Connection, { code, facts }: Refusal, about: About): void =>
    answer(connection, { type: 'refused', ...about, code, detail: sentenceOf(code, facts), ...(facts === undefined ? {} : { facts }) });

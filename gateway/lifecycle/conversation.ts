/** What becomes of what a connection says: the table of phases decides, and here is done what it decided. */
import type { Refusal } from '../../domain/shared/decider.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import { refusalOfError } from '../../edge/problem.ts';
import type { Belonging } from '../channels/membership.ts';
import type { CloseName } from '../protocol/close-codes.ts';
import type { Devices } from './devices.ts';
import { FRAMES_LIMIT, HELLOS_LIMIT, type FrameRate } from '../connection/rate-limit.ts';
import { parseFrame, type ClientFrame, type ClientFrameOf, type ServerFrame } from '../protocol/frames.ts';
import { authenticate, greet } from './hello.ts';
import type { History } from '../channels/history.ts';
import type { Outbound } from '../connection/send-queue.ts';
import type { PeopleHere } from './connection-registry.ts';
import type { PresenceHere } from '../presence/presence.ts';
import type { Reads } from '../channels/view-queries.ts';
import { hasRoomFor, type Saying } from '../channels/inbound-queue.ts';
import type { Input } from '../connection/connection-states.ts';
import { step, type Session, type Who } from '../connection/connection.ts';
import type { Signals } from '../receipts/signals.ts';
import type { Welcome } from './welcome.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

/** A client that sends so many frames that there aren't is not one of ours. */
export const BAD_FRAMES_MAX = 10;

export type ConversationDependencies = {
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly reads: Reads;
  readonly history: History;
  readonly belonging: Belonging;
  readonly people: Pick<PeopleHere, 'join'>;
  readonly devices: Pick<Devices, 'isRemoved'>;
  readonly presence: Pick<PresenceHere, 'alive'>;
  readonly frameRate: FrameRate;
  readonly saying: Pick<Saying, 'say'>;
  readonly signals: Signals;
  readonly outbound: Outbound;
  readonly welcome: Welcome;
  readonly closed: (as: CloseName) => void;
  readonly failed: (error: unknown) => void;
};

export type Conversation = {
  hear(session: Session, text: string): void;
  /** Anything that is not a frame. */
  meets(session: Session, input: Exclude<Input, 'hello' | 'frame' | 'malformed' | 'admitted'>): void;
};

export function createConversation(dependencies: ConversationDependencies): Conversation {
  const { tokens, reads, history, belonging, people, devices, presence, frameRate, outbound, welcome, closed, failed } = dependencies;
  const answer = answering(outbound);
  const refuse = refusing(answer);
  const handle = handling(dependencies, refuse);

  const close = (session: Session, as: CloseName) => {
    outbound.end(session, as);
    closed(as);
  };

  const meets: Conversation['meets'] = (session, input) => {
    const effect = step(session, input);
    if (effect.does === 'close') close(session, effect.as);
  };

  const hear = (session: Session, text: string) => {
    session.heardFrom = true;
    const rate = frameRate.admit(session);
    if (rate.outcome === 'floods') return meets(session, 'flooding');
    const parsed = parseFrame(text);
    if (parsed.outcome === 'unreadable') return meets(session, 'unreadable');
    const about = parsed.outcome === 'frame' ? aboutOf(parsed.frame) : { about: parsed.about, ...(parsed.id === undefined ? {} : { id: parsed.id }) };
    if (rate.outcome === 'limited' && session.phase === 'live') {
      return refuse(session, { code: 'rate-limited', facts: { limit: FRAMES_LIMIT.name, retryAfterSeconds: rate.retryAfterSeconds } }, about);
    }
    if (parsed.outcome === 'malformed') {
      refuse(session, { code: 'bad-frame', facts: { detail: parsed.detail } }, about); // before it may be closed for it
      const effect = step(session, 'malformed');
      if (effect.does === 'close') return close(session, effect.as);
      if (++session.badFrames > BAD_FRAMES_MAX) meets(session, 'unreadable');
      return;
    }
    hearFrame(session, parsed.frame);
  };

  const hearFrame = (session: Session, frame: ClientFrame) => {
    const effect = step(session, frame.type === 'hello' ? 'hello' : 'frame');
    switch (effect.does) {
      case 'authenticate':
        if (frame.type === 'hello') void begin(session, frame);
        return;
      case 'hold':
        if (session.held === undefined || !hasRoomFor(frame, session.held.frames)) return meets(session, 'flooding');
        session.held.frames.push(frame);
        return;
      case 'handle':
        if (session.who !== undefined) handle(session, session.who, frame);
        return;
      case 'close':
        return close(session, effect.as);
      case 'welcome':
      case 'refuse':
      case 'nothing':
        return;
    }
  };

  const begin = async (session: Session, hello: ClientFrameOf<'hello'>) => {
    session.held = { frames: [], behind: new Map() };
    try {
      const authenticated = await authenticate(tokens, hello);
      if (session.phase !== 'resuming') return;
      if (authenticated.outcome === 'refused') {
        refuse(session, authenticated.refusal, { about: hello.type });
        return meets(session, 'turned-away');
      }
      const { who } = authenticated;
      const tooOften = await frameRate.admitHello(who.person);
      if (tooOften !== undefined) {
        refuse(session, { code: 'rate-limited', facts: { limit: HELLOS_LIMIT.name, ...tooOften } }, { about: hello.type });
        return meets(session, 'flooding');
      }
      if (session.phase !== 'resuming') return;
      session.who = who;
      people.join(session, who.person);
      const isRemoved = await devices.isRemoved(session, who);
      if (session.phase !== 'resuming') return;
      if (isRemoved) {
        refuse(session, { code: 'device-removed' }, { about: hello.type });
        return meets(session, 'revoked');
      }
      presence.alive(who.person, who.device);
      const greeting = await greet({ reads, history, belonging }, who, hello);
      if (step(session, 'admitted').does === 'welcome') for (const frame of welcome(session, who, greeting)) hearFrame(session, frame);
    } catch (error) {
      failed(error);
      meets(session, 'failed');
    }
  };

  return { hear, meets };
}

/** What a connection that was welcomed says. */
const handling =
  ({ presence, saying, signals, failed }: ConversationDependencies, refuse: ReturnType<typeof refusing>) =>
  (session: Session, who: Who, frame: ClientFrame): void => {
    presence.alive(who.person, who.device);
    switch (frame.type) {
      case 'hello': // is met by the table
      case 'heartbeat': // has said all it has to say
        return;
      case 'send':
      case 'edit':
      case 'withdraw':
      case 'react':
        return saying.say(session, who, frame);
      case 'received':
      case 'read':
      case 'typing':
      case 'watch':
        void signals(session, who, frame)
          .catch((error: unknown) => {
            failed(error);
            return refusalOfError(error).code;
          })
          .then((code) => code !== undefined && refuse(session, { code }, aboutOf(frame)));
        return;
    }
  };

const aboutOf = (frame: ClientFrame): About => ('id' in frame ? { about: frame.type, id: frame.id } : { about: frame.type });

type About = { readonly about: string; readonly id?: string };

export const answering =
  (outbound: Pick<Outbound, 'send'>) =>
  (session: Session, frame: ServerFrame): void =>
    outbound.send(session, encodeFrame(frame));

export const refusing =
  (answer: (session: Session, frame: ServerFrame) => void) =>
  (session: Session, { code, facts }: Refusal, about: About): void =>
    answer(session, { type: 'refused', ...about, code, detail: sentenceOf(code, facts), ...(facts === undefined ? {} : { facts }) });

/** From a connection's opening to its end: deadlines, pings, whether its session still stands; one wheel for all. */
import type { DeviceId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { CatchUp } from '../channels/catch-up.ts';
import type { Conversation } from './conversation.ts';
import type { Devices } from './devices.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { lookAtHeads } from '../channels/heads.ts';
import type { PeopleHere } from './connection-registry.ts';
import type { PresenceHere } from '../presence/presence.ts';
import type { ReadMarks } from '../receipts/read-receipts.ts';
import type { Reads } from '../channels/view-queries.ts';
import type { Session, Who } from '../connection/connection.ts';
import type { Watching } from '../presence/presence-subscriptions.ts';
import { createWheel } from '../connection/timing-wheel.ts';

/** How long a connection may take to say who it is. */
const HELLO_WITHIN_MS = 10 * SECOND_MS;
/** Nothing heard from one ping to the next: the connection is dead. */
export const PING_MS = 25 * SECOND_MS;
const WHEEL_SLOTS = 32;
const CLOSED_NORMALLY = 1000;

export type LifetimesDependencies = {
  readonly tokens: Pick<Tokens, 'stands' | 'forget'>;
  readonly conversation: Pick<Conversation, 'meets'>;
  readonly devices: Pick<Devices, 'due'>;
  readonly people: Pick<PeopleHere, 'leave' | 'sessionsOf'>;
  readonly presence: Pick<PresenceHere, 'left'>;
  readonly watching: Pick<Watching, 'forget'>;
  readonly readMarks: Pick<ReadMarks, 'leave'>;
  readonly reads: Reads;
  readonly catchUp: CatchUp;
  readonly answer: (session: Session, frame: ServerFrame) => void;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
  readonly random?: () => number;
};

export type Lifetimes = {
  readonly opened: (session: Session) => void;
  /** Pings begin somewhere within their interval, so that those who came together are not pinged together. */
  readonly welcomed: (session: Session) => void;
  readonly gone: (session: Session, closeCode: number) => void;
  /** The session, logged in by a token, was ended. */
  readonly revoke: (ended: string, of: Iterable<Session>) => void;
  /** The person has removed the device. */
  readonly remove: (device: DeviceId, of: Iterable<Session>) => void;
  /** Deadlines and pings; whom it pings is looked at with the next looks. */
  readonly tick: () => void;
  readonly lookAtHeads: () => Promise<void>;
  readonly lookWhoStands: () => Promise<void>;
};

export function createLifetimes(dependencies: LifetimesDependencies): Lifetimes {
  const { tokens, conversation, devices, people, presence, watching, readMarks, reads, catchUp, answer, nowMs, failed, random = Math.random } = dependencies;
  const due = { heads: new Set<Session>(), standing: new Set<Session>() };

  const wheel = createWheel<Session>(WHEEL_SLOTS, (session) => {
    if (session.phase === 'closing') return undefined;
    const ends = session.phase === 'awaiting-hello' || !session.heardFrom ? 'silent' : hasExpired(session) ? 'expired' : undefined;
    if (ends !== undefined) {
      conversation.meets(session, ends);
      return undefined;
    }
    session.heardFrom = false;
    session.socket.ping();
    devices.due([session]);
    due.heads.add(session);
    due.standing.add(session);
    return PING_MS / SECOND_MS;
  });

  const hasExpired = ({ who }: Session) => who !== undefined && who.expiresAtMs <= nowMs();

  /** The same device, on another connection that stays: of another login, or of the same one just before it is cut. */
  const isThereBeside = (session: Session, { person, device }: Who) =>
    [...people.sessionsOf(person)].some((other) => other !== session && other.phase !== 'closing' && other.who?.device === device);

  const logOut = (session: Session) => {
    const { who } = session;
    conversation.meets(session, 'revoked');
    if (who !== undefined && !isThereBeside(session, who)) presence.left(who.person, who.device);
  };

  const lookWhetherItStands = async (session: Session) => {
    if (session.who !== undefined && !(await tokens.stands(session.who.session))) logOut(session);
  };

  return {
    opened: (session) => wheel.add(session, HELLO_WITHIN_MS / SECOND_MS),
    welcomed: (session) => wheel.add(session, 1 + random() * (PING_MS / SECOND_MS)),
    gone: (session, closeCode) => {
      session.phase = 'closing';
      session.queue = undefined;
      wheel.remove(session);
      due.heads.delete(session);
      due.standing.delete(session);
      watching.forget(session);
      const { who } = session;
      if (who === undefined) return;
      people.leave(session);
      const others = [...people.sessionsOf(who.person)];
      if (others.length === 0) readMarks.leave(who.person);
      if (closeCode === CLOSED_NORMALLY && others.every((other) => other.who?.device !== who.device)) presence.left(who.person, who.device);
    },
    revoke: (ended, of) => {
      tokens.forget(ended);
      for (const session of of) if (session.who?.session === ended) logOut(session);
    },
    remove: (device, of) => {
      for (const session of of) if (session.who?.device === device) logOut(session);
    },
    tick: wheel.tick,
    lookAtHeads: () => lookAtHeads({ reads, catchUp, answer }, takeAll(due.heads)),
    lookWhoStands: async () => void (await Promise.all(takeAll(due.standing).map((session) => lookWhetherItStands(session).catch(failed)))),
  };
}

function takeAll(sessions: Set<Session>): readonly Session[] {
  const all = [...sessions];
  sessions.clear();
  return all;
}

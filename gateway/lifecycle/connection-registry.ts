/**
 * Who is connected to this gateway, and what hints for them become: frames on their connections. One subscription a person, however
 * many connections the person has.
 */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Hint } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Delivering } from '../channels/deliver-to-connections.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { Session } from '../connection/connection.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

/** Some devices, some tabs each. */
export const PERSON_CONNECTIONS_MAX = 20;

type Here = { readonly sessions: Set<Session>; readonly listening: Disposable };

export type PeopleHere = {
  /** Where the person has as many connections as one may have, the oldest has to go: it may well be dead and not know it. */
  join(session: Session, person: PersonId): void;
  leave(session: Session): void;
  sessionsOf(person: PersonId): Iterable<Session>;
  count(): number;
};

export type PeopleHereDependencies = {
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly send: (session: Session, framed: Buffer) => void;
  readonly deliver: Delivering['deliver'];
  readonly behind: (session: Session, channel: ChannelId) => void;
  readonly sessionEnded: (session: string, of: Iterable<Session>) => void;
  readonly deviceRemoved: (device: DeviceId, of: Iterable<Session>) => void;
  readonly channelChanged: (channel: ChannelId) => void;
  readonly crowded: (oldest: Session) => void;
};

export function createPeopleHere({
  broadcast,
  send,
  deliver,
  behind,
  sessionEnded,
  deviceRemoved,
  channelChanged,
  crowded,
}: PeopleHereDependencies): PeopleHere {
  const people = new Map<PersonId, Here>();
  const onMessage = (sessions: ReadonlySet<Session>, channel: ChannelId, entry: MessageEntry) => {
    for (const session of sessions) {
      if (session.phase === 'resuming') session.held?.behind.set(channel, Math.max(entry.seq, session.held.behind.get(channel) ?? 0));
      else if (session.phase === 'live' && deliver(session, channel, entry) === 'gap') behind(session, channel);
    }
  };

  const toAll = (sessions: ReadonlySet<Session>, frame: ServerFrame, except?: (session: Session) => boolean) => {
    const bytes = encodeFrame(frame);
    for (const session of sessions) if (session.phase === 'live' && except?.(session) !== true) send(session, bytes);
  };

  const onHint = (sessions: ReadonlySet<Session>, hint: LiveHint) => {
    switch (hint.kind) {
      case 'message':
        return onMessage(sessions, hint.channel, hint.entry);
      case 'read':
        return toAll(sessions, { type: 'read', channel: hint.channel, person: hint.person, seq: hint.seq });
      case 'typing':
        return toAll(
          sessions,
          { type: 'typing', channel: hint.channel, person: hint.person },
          ({ who }) => who?.person === hint.person && who.device === hint.device,
        );
      case 'channel':
        channelChanged(hint.channel);
        return toAll(sessions, { type: 'channel', channel: hint.channel });
      case 'session-ended':
        return sessionEnded(hint.session, sessions);
      case 'device-removed':
        return deviceRemoved(hint.device, sessions);
      case 'presence': // comes to those who watch, through `watch.ts`
      case 'post':
      case 'feed-dropped':
      case 'notification': // for those who read over HTTP
        return;
    }
  };

  return {
    join: (session, person) => {
      let here = people.get(person);
      if (here === undefined) {
        const sessions = new Set<Session>();
        here = { sessions, listening: broadcast.listen(person, (hint: Hint) => onHint(sessions, hint as LiveHint)) };
        people.set(person, here);
      }
      const oldest = here.sessions.size >= PERSON_CONNECTIONS_MAX ? oldestOf(here.sessions) : undefined;
      here.sessions.add(session);
      if (oldest !== undefined) crowded(oldest);
    },
    leave: (session) => {
      if (session.who === undefined) return;
      const here = people.get(session.who.person);
      if (here?.sessions.delete(session) !== true || here.sessions.size > 0) return;
      here.listening[Symbol.dispose]();
      people.delete(session.who.person);
    },
    sessionsOf: (person) => people.get(person)?.sessions ?? [],
    count: () => people.size,
  };
}

/** The one that came first; sets keep that order. */
const oldestOf = (sessions: ReadonlySet<Session>): Session | undefined => sessions.values().find(({ phase }) => phase !== 'closing');

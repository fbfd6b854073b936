/**
 * Whether a connection's device is still the person's, as the log has it. Asked at hello, and again about as often as a connection is
 * pinged, so that a removed device is found as well where the hint that says so at once was lost.
 */
import type { ContactsEvent } from '../../domain/people/events.ts';
import { fateOf } from '../../domain/people/contacts.ts';
import { Undecodable } from '../../ports/event-log/codec.ts';
import type { ReadOptions } from '../../ports/event-log/port.ts';
import type { HistoryDependencies } from '../channels/history.ts';
import type { Session, Who } from '../connection/connection.ts';

/** Of what happened to a person's addresses and devices: so much is looked through for what became of one device. */
const LOOKED_THROUGH_EVENTS_MAX = 1_000;
const LOOKS_AT_ONCE_MAX = 32;

export type DevicesDependencies = HistoryDependencies & { readonly removed: (session: Session, who: Who) => void };

export type Devices = {
  /** At hello: whether the person has removed the device, and not registered it again. A device that never was registered is none that was removed. */
  readonly isRemoved: (session: Session, who: Who) => Promise<boolean>;
  /** They are looked at again with the next `look`. */
  readonly due: (sessions: Iterable<Session>) => void;
  /** Whom a failure leaves out comes due again with the next ping. */
  readonly look: () => Promise<void>;
};

export function createDevices({ log, codec, removed }: DevicesDependencies): Devices {
  const waiting = new Set<Session>();

  async function* contactsOf({ person }: Who, options: ReadOptions): AsyncIterable<{ readonly revision: number; readonly event: ContactsEvent | undefined }> {
    for await (const stored of log.readStream(`contacts-${person}`, { ...options, limit: LOOKED_THROUGH_EVENTS_MAX })) {
      const [event] = await codec.decodeAll([stored]);
      yield { revision: stored.revision, event: event instanceof Undecodable ? undefined : (event as ContactsEvent | undefined) };
    }
  }

  const isRemoved: Devices['isRemoved'] = async (session, who) => {
    for await (const { revision, event } of contactsOf(who, { from: 'end', direction: 'backwards' })) {
      session.contactsSeen = Math.max(session.contactsSeen, revision);
      const fate = event === undefined ? undefined : fateOf(who.device, event);
      if (fate !== undefined) return fate === 'removed';
    }
    return false;
  };

  const wasRemovedMeanwhile = async (session: Session, who: Who): Promise<boolean> => {
    let last: ReturnType<typeof fateOf>;
    let seen = session.contactsSeen;
    for await (const { revision, event } of contactsOf(who, { from: seen + 1 })) {
      seen = revision;
      if (event !== undefined) last = fateOf(who.device, event) ?? last;
    }
    session.contactsSeen = seen; // only now: what a read that broke off has found is looked for again
    return last === 'removed';
  };

  return {
    isRemoved,
    due: (sessions) => {
      for (const session of sessions) waiting.add(session);
    },
    look: async () => {
      const sessions = [...waiting].values();
      waiting.clear();
      const lookInTurn = async () => {
        for (const session of sessions) {
          const { who, phase } = session;
          if (who !== undefined && phase !== 'closing' && (await wasRemovedMeanwhile(session, who))) removed(session, who);
        }
      };
      await Promise.all(Array.from({ length: LOOKS_AT_ONCE_MAX }, lookInTurn));
    },
  };
}

/**
 * The record of who was online when: only states that lasted, so that a flapping connection writes nothing. What is shown live comes
 * from the presence store. A gateway has such a stream too, for its end: everybody connected to it was gone from one moment.
 */
import { accept, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { epochMs, instant, MINUTE_MS, msBetween, type Instant } from '../shared/instant.ts';
import type { PresenceEvent } from './presence-events.ts';

/** A state that lasts so long is recorded. */
export const PRESENCE_STABLE_MS = 60_000;

/** Nobody is shown more exactly when somebody else was last active. */
export const LAST_ACTIVE_SHOWN_MS = 5 * MINUTE_MS;

export const shownLastActive = (at: Instant): Instant => instant(Math.floor(epochMs(at) / LAST_ACTIVE_SHOWN_MS) * LAST_ACTIVE_SHOWN_MS);

type RecordedPresence = { readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant; readonly gateway?: string };

export type PresenceState = { readonly status: 'unknown' } | RecordedPresence | { readonly status: 'lost'; readonly lastSeenAt: Instant };

export type PresenceCommand =
  | {
      readonly type: 'record';
      readonly person: PersonId;
      readonly presence: 'online' | 'offline';
      /** This state has lasted since then without a break. */
      readonly since: Instant;
      readonly lastActiveAt: Instant;
      /** The gateway of the person's (last) connection, as far as one can be named. */
      readonly gateway?: string;
      readonly at: Instant;
    }
  | { readonly type: 'lose-gateway'; readonly gateway: string; readonly lastSeenAt: Instant };

export const presence: Decider<PresenceState, PresenceCommand, PresenceEvent> = {
  reads: 'tail',
  initialState: { status: 'unknown' },

  evolve: (_, event) => {
    switch (event.type) {
      case 'chat.presence-changed.v1':
        return stateOf(event.data);
      case 'chat.gateway-lost.v1':
        return { status: 'lost', lastSeenAt: event.data.lastSeenAt };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'record':
        return recordWhenStable(state, command);
      case 'lose-gateway': {
        const { gateway, lastSeenAt } = command;
        const isRecorded = state.status === 'lost' && state.lastSeenAt >= lastSeenAt;
        return isRecorded ? accept() : accept({ type: 'chat.gateway-lost.v1', data: { gateway, lastSeenAt } });
      }
    }
  },
};

/** A state that hasn't lasted yet, is recorded already, or is older than the record, is not worth an event. */
function recordWhenStable(state: PresenceState, command: Extract<PresenceCommand, { type: 'record' }>): Decision<PresenceEvent> {
  const { person, presence: status, since, lastActiveAt, gateway, at } = command;
  if (msBetween(since, at) < PRESENCE_STABLE_MS) return accept();
  if (state.status === 'online' || state.status === 'offline') {
    const isSame = state.status === status && (status === 'offline' || state.gateway === gateway);
    if (isSame || state.lastActiveAt > lastActiveAt) return accept();
  }
  return accept({ type: 'chat.presence-changed.v1', data: { person, status, lastActiveAt, ...(gateway !== undefined && { gateway }) } });
}

const stateOf = ({ status, lastActiveAt, gateway }: RecordedPresence): RecordedPresence => ({
  status,
  lastActiveAt,
  ...(gateway !== undefined && { gateway }),
});

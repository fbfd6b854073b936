/** What a phone has stopped: a STOP is to the number, or the messaging service, that it was an answer to, and START takes it back there. The vendor answers both; we don't. */
import { accept, type Decider } from '../../shared/decider.ts';
import type { Instant } from '../../shared/instant.ts';
import type { SmsStopsEvent } from './events.ts';

export type SmsStopsState = { readonly stopped: readonly string[] };

export type SmsStopsCommand = {
  readonly type: 'stop' | 'start';
  readonly phone: string;
  /** At least one. */
  readonly senders: readonly string[];
  readonly at: Instant;
};

export const smsStops: Decider<SmsStopsState, SmsStopsCommand, SmsStopsEvent> = {
  reads: 'tail',
  initialState: { stopped: [] },

  evolve: (_, { data: { stopped } }) => ({ stopped }),

  decide: ({ stopped: before }, { type, phone, senders, at }) => {
    switch (type) {
      case 'stop': {
        const added = senders.filter((sender) => !before.includes(sender));
        if (added.length === 0) return accept();
        return accept({ type: 'notifications.sms-stopped.v1', data: { phone, senders, stopped: [...before, ...added], at } });
      }
      case 'start': {
        const stopped = before.filter((sender) => !senders.includes(sender));
        if (stopped.length === before.length) return accept();
        return accept({ type: 'notifications.sms-started.v1', data: { phone, senders, stopped, at } });
      }
    }
  },
};

export const isStopped = ({ stopped }: SmsStopsState, sender: string): boolean => stopped.includes(sender);
